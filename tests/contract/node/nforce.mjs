// What nforce offers, against the local org: node nforce.mjs URL FOLDER
import { readFileSync } from "node:fs";
import nforce from "nforce";

const [url, folder] = process.argv.slice(2);
const known = JSON.parse(readFileSync(`${folder}/credentials.json`, "utf8"));
const asked = { grant_type: "client_credentials", client_id: known.client_id, client_secret: known.client_secret };
const token = await fetch(`${url}/services/oauth2/token`, { method: "POST", body: new URLSearchParams(asked) });
const oauth = await token.json();
const org = nforce.createConnection({
  clientId: known.client_id,
  clientSecret: known.client_secret,
  redirectUri: "http://localhost:1717/OauthRedirect",
  apiVersion: "v60.0",
});
const account = nforce.createSObject("Account", { Name: "N" });

async function life() {
  const made = await org.insert({ sobject: account, oauth });
  account.set("Phone", "1");
  await org.update({ sobject: account, oauth });
  const read = await org.getRecord({ type: "Account", id: made.id, oauth });
  return [made.success, read.get("Phone")];
}

async function upsert() {
  const found = nforce.createSObject("Account", { Name: "Upsert" });
  found.setExternalId("Shop_Id__c", "n1");
  return (await org.upsert({ sobject: found, oauth })).success;
}

async function file() {
  const body = { fileName: "a.txt", body: Buffer.from("hello") };
  const sobject = nforce.createSObject("Attachment", { Name: "a.txt", ParentId: account.getId(), attachment: body });
  const made = await org.insert({ sobject, oauth });
  const read = await org.query({ query: `SELECT BodyLength FROM Attachment WHERE Id = '${made.id}'`, oauth });
  return read.records[0].get("BodyLength");
}

async function refused() {
  try {
    await org.insert({ sobject: nforce.createSObject("Account"), oauth });
  } catch (error) {
    return error.errorCode;
  }
}

const steps = {
  identity: async () => (await org.getIdentity({ oauth })).user_id.slice(0, 3),
  resources: async () => "sobjects" in (await org.getResources({ oauth })),
  sobjects: async () => (await org.getSObjects({ oauth })).sobjects.some((each) => each.name === "Account"),
  metadata: async () => (await org.getMetadata({ type: "Account", oauth })).objectDescribe.keyPrefix,
  describe: async () => (await org.getDescribe({ type: "Order", oauth })).keyPrefix,
  limits: async () => (await org.getLimits({ oauth })).DailyApiRequests.Max,
  life,
  upsert,
  query: async () => (await org.query({ query: "SELECT Id FROM Account", fetchAll: true, oauth })).records.length,
  search: async () => (await org.search({ search: "FIND {Upsert} RETURNING Account(Id)", oauth })).searchRecords.length,
  url: async () => (await org.getUrl({ url: "/services/data/v60.0/limits", oauth })).DailyApiRequests.Max,
  file,
  refused,
  remove: async () => org.delete({ sobject: account, oauth }),
};

for (const [name, step] of Object.entries(steps)) {
  try {
    console.log(JSON.stringify({ step: name, value: await step() }));
  } catch (error) {
    console.log(JSON.stringify({ step: name, error: String(error.message || error) }));
  }
}
process.exit(0);
