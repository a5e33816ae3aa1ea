// jsforce, unchanged, against a local org: node jsforce.mjs URL FOLDER. One line of JSON per step.
import fs from "node:fs";
import jsforce from "jsforce";

const [, , url, folder] = process.argv;
const known = JSON.parse(fs.readFileSync(`${folder}/credentials.json`, "utf8"));
const oauth2 = { clientId: known.client_id, clientSecret: known.client_secret, loginUrl: url };
const conn = new jsforce.Connection({ instanceUrl: url, loginUrl: url, version: "67.0", oauth2 });
const account = () => conn.sobject("Account");
const day = 86400000;
const span = () => [new Date(Date.now() - day), new Date(Date.now() + 120000)];

async function streaming() {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("no event came")), 10000);
    conn.streaming.topic("/event/Large_Order__e").subscribe((message) => {
      clearTimeout(timer);
      resolve(message.payload.Event_Key__c);
    });
    setTimeout(() => conn.sobject("Large_Order__e").create({ Event_Key__c: "k1" }), 1500);
  });
}

async function heard(channel, act) {
  let arrived;
  const message = new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("no event came")), 10000);
    arrived = (found) => (clearTimeout(timer), resolve(found));
  });
  const subscription = channel.subscribe(arrived);
  await subscription;
  await act();
  const found = await message;
  subscription.cancel();
  return found;
}

async function pushTopic() {
  const query = "SELECT Id, Name FROM Account WHERE Name = 'Watched'";
  const topic = { Name: "Watched", Query: query, ApiVersion: "67.0", NotifyForFields: "Referenced" };
  await conn.sobject("PushTopic").create(topic);
  const made = () => account().create({ Name: "Watched" });
  const found = await heard(conn.streaming.topic("Watched"), made);
  return [found.event.type, found.sobject.Name];
}

async function genericChannel() {
  await conn.sobject("StreamingChannel").create({ Name: "/u/Told" });
  const channel = conn.streaming.channel("/u/Told");
  let pushed;
  const push = async () => (pushed = await channel.push({ payload: "hello", userIds: [] }));
  const found = await heard(channel, push);
  return [pushed.fanoutCount, found.payload];
}

async function merge() {
  const ids = [];
  for (const name of ["A", "B"]) ids.push((await conn.sobject("Contact").create({ LastName: name })).id);
  const wish = { masterRecord: { type: "Contact", Id: ids[0] }, recordToMergeIds: [ids[1]] };
  return (await conn.soap.merge(wish)).success;
}

async function convert() {
  const lead = await conn.sobject("Lead").create({ LastName: "L", Company: "C" });
  return (await conn.soap.convertLead({ leadId: lead.id, convertedStatus: "Closed - Converted" })).success;
}

async function metadataLife() {
  const name = "Account.Told__c";
  const field = { fullName: name, label: "Told", type: "Text", length: 40 };
  const made = await conn.metadata.create("CustomField", field);
  const read = await conn.metadata.read("CustomField", name);
  const changed = await conn.metadata.upsert("CustomField", { ...field, label: "Told again" });
  const gone = await conn.metadata.delete("CustomField", name);
  return [made.success, read.label, changed.created, gone.success];
}

async function changeList() {
  const made = await account().create([{ Name: "D1" }, { Name: "D2" }]);
  const ids = made.map((row) => row.id);
  const changed = await account().update(ids.map((Id) => ({ Id, Name: "D" })));
  const read = await account().retrieve(ids);
  const gone = await account().destroy(ids);
  return [changed.every((row) => row.success), read.map((row) => row.Name), gone.every((row) => row.success)];
}

async function approve() {
  const record = await account().create({ Name: "E" });
  const sent = await conn.process.approval.submit(record.id, "please");
  await account().destroy(record.id);
  return sent.instanceStatus;
}

async function quickAction() {
  const record = await account().create({ Name: "Q" });
  const action = conn.quickAction("LogACall");
  const [described, values] = [await action.describe(), await action.defaultValues(record.id)];
  const done = await action.execute(record.id, { Subject: "Talk" });
  await account().destroy(record.id);
  return [described.targetSobjectType, values.WhatId === record.id, done.success, done.feedItemIds.length];
}

async function tooling() {
  const made = await conn.tooling.sobject("ApexClass").create({ Name: "Told", Body: "class Told {}" });
  const found = await conn.tooling.sobject("ApexClass").findOne({ Name: "Told" });
  const level = await conn.tooling.sobject("DebugLevel").create({ DeveloperName: "Fine", ApexCode: "ERROR" });
  const gone = await conn.tooling.sobject("DebugLevel").destroy(level.id);
  const missing = await refused(() => conn.tooling.sobject("DebugLevel").retrieve(level.id));
  const entity = await conn.tooling.query("SELECT KeyPrefix FROM EntityDefinition WHERE QualifiedApiName = 'Order'");
  await conn.tooling.sobject("ApexClass").destroy(made.id);
  return [found.Body, gone.success, missing, entity.records[0].KeyPrefix];
}

async function refused(work) {
  try {
    await work();
  } catch (error) {
    return error.errorCode;
  }
  return "nothing was refused";
}

async function webServer() {
  const redirectUri = "http://localhost:1717/OauthRedirect";
  const browser = new jsforce.Connection({ oauth2: { ...oauth2, redirectUri }, version: "67.0" });
  const place = browser.oauth2.getAuthorizationUrl({ scope: "api refresh_token", state: "s" });
  const body = new URLSearchParams({ password: known.password });
  const answer = await fetch(place, { method: "POST", body, redirect: "manual" });
  const code = new URL(answer.headers.get("location")).searchParams.get("code");
  const user = await browser.authorize(code);
  let refreshed = 0;
  browser.on("refresh", () => { refreshed += 1; });
  browser.accessToken = "nobody";
  const found = await browser.query("SELECT Id FROM User LIMIT 1");
  await browser.logout(true);
  const after = new jsforce.Connection({ instanceUrl: url, accessToken: browser.accessToken || "gone" });
  return [user.id.slice(0, 3), refreshed, found.totalSize, await refused(() => after.identity())];
}

async function bulkRefresh() {
  const refreshFn = (_conn, done) => done(null, conn.accessToken);
  const late = new jsforce.Connection({ instanceUrl: url, accessToken: "nobody", version: "67.0", refreshFn });
  const done = await late.bulk.load("Account", "insert", [{ Name: "late", Phone: "0" }, { Name: "", Phone: "1" }]);
  return [done[0].success, done[1].errors[0]];
}

async function upsertById() {
  const made = await account().create({ Name: "I" });
  const input = `Id,Name\n${made.id},I2\n,I3\n`;
  const wish = { ...bulk2, operation: "upsert", externalIdFieldName: "Id", input };
  const done = await conn.bulk2.loadAndWaitForResults(wish);
  return done.successfulResults.map((row) => row.sf__Created).sort();
}

async function allOrNone() {
  const records = [{ Shop_Id__c: "n1", Name: "N" }, { Shop_Id__c: "n2", Name: "N", OwnerId: "nobody" }];
  const done = await account().upsert(records, "Shop_Id__c", { allOrNone: true });
  return done.map((row) => [row.created, row.errors[0].statusCode]);
}

async function listView() {
  const view = (await account().listviews()).listviews[0];
  const rows = await account().listview(view.id).results();
  return [view.developerName, rows.columns[0].fieldNameOrPath, rows.size > 0];
}

const bulk2 = { object: "Account", operation: "insert", pollInterval: 300 };
const rows = [{ Name: "x1" }, { Name: "x2" }, { Name: "y".repeat(300) }];
const steps = {
  authorize: async () => (await conn.authorize({ grant_type: "client_credentials" })).id.slice(0, 3),
  identity: async () => (await conn.identity()).username === known.username,
  create: async () => (await account().create({ Name: "A" })).success,
  createList: async () => (await account().create([{ Name: "B" }, { Name: "C" }])).map((row) => row.success),
  upsert: async () => (await account().upsert({ Shop_Id__c: "k1", Name: "K" }, "Shop_Id__c")).created,
  upsertList: async () =>
    (await account().upsert([{ Shop_Id__c: "k1", Name: "K2" }, { Shop_Id__c: "k2", Name: "K3" }], "Shop_Id__c")).map(
      (row) => row.created,
    ),
  find: async () => (await account().find({ Name: { $like: "K%" } }, "Id, Name").sort("Name")).map((row) => row.Name),
  count: async () => account().count({ Name: "K2" }),
  describe: async () => (await conn.describe("Order")).keyPrefix,
  describeGlobal: async () => (await conn.describeGlobal()).maxBatchSize,
  search: async () => (await conn.search("FIND {K2} IN ALL FIELDS RETURNING Account(Name)")).searchRecords.length,
  limits: async () => (await conn.limits()).DailyApiRequests.Max,
  updated: async () => (await account().updated(...span())).ids.length,
  deleted: async () => (await account().deleted(...span())).deletedRecords.length,
  bulk2: async () => {
    const done = await conn.bulk2.loadAndWaitForResults({ ...bulk2, input: rows });
    return [done.successfulResults.length, done.failedResults.length, done.unprocessedRecords.length];
  },
  bulk2Query: async () => (await (await conn.bulk2.query("SELECT Id FROM Account", { pollInterval: 300 })).toArray()).length,
  bulk: async () => (await conn.bulk.load("Account", "insert", [{ Name: "b1" }])).map((row) => row.success),
  convertLead: convert,
  userInfo: async () => (await conn.soap.getUserInfo()).userName === known.username,
  merge,
  metadataDescribe: async () => (await conn.metadata.describe("67.0")).metadataObjects.find((each) => each.xmlName === "CustomObject").directoryName,
  metadataList: async () => [].concat(await conn.metadata.list([{ type: "PermissionSet" }], "67.0"))[0].fullName,
  metadataLife,
  retrieveMetadata: async () =>
    (await conn.metadata.retrieve({
      apiVersion: "67.0",
      singlePackage: true,
      unpackaged: { types: [{ members: ["Shop_Integration"], name: "PermissionSet" }], version: "67.0" },
    }).complete()).success,
  changeList,
  approve,
  layouts: async () => (await account().layouts()).layouts.length,
  requestPost: async () =>
    (await conn.requestPost("/composite", {
      compositeRequest: [{ method: "GET", url: "/services/data/v67.0/limits", referenceId: "l" }],
    })).compositeResponse[0].httpStatusCode,
  webServer,
  bulkRefresh,
  bulkEmpty: async () => {
    try {
      await conn.bulk.load("Account", "update", []);
    } catch (error) {
      return error.name;
    }
  },
  upsertById,
  allOrNone,
  recent: async () => "Name" in (await account().recent())[0],
  listView,
  compactLayouts: async () => (await account().compactLayouts()).compactLayouts[0].objectType,
  tabs: async () => (await conn.tabs()).some((tab) => tab.sobjectName === "Account"),
  theme: async () => (await conn.theme()).themeItems[0].colors[0].context,
  soapTabs: async () => (await conn.soap.describeTabs())[0].tabs.some((tab) => tab.sobjectName === "Account"),
  quickAction,
  tooling,
  processRules: async () => (await conn.process.rule.list()) && true,
  streaming,
  pushTopic,
  genericChannel,
  refusedRecord: async () => refused(() => account().create({})),
  refusedQuery: async () => refused(() => conn.query("SELECT Nope FROM Account")),
};

for (const [name, step] of Object.entries(steps)) {
  try {
    console.log(JSON.stringify({ step: name, value: await step() }));
  } catch (error) {
    console.log(JSON.stringify({ step: name, error: String(error.message || error) }));
  }
}
process.exit(0);
