"""aiosfstream-ng, unchanged: topics, events, refusals and replay, told in lines of JSON."""

import asyncio
import json
import sys

import aiohttp
from aiosfstream_ng import Client, ReplayOption
from aiosfstream_ng.auth import AuthenticatorBase
from aiosfstream_ng.exceptions import ServerError

URL, TOKEN = sys.argv[1:]
TOPIC, EVENT = "/topic/Watched", "/event/Large_Order__e"
SECONDS = 20


class Session(AuthenticatorBase):
    """Signs in with a token that is there already."""

    async def _authenticate(self):
        return 200, {"access_token": TOKEN, "instance_url": URL, "token_type": "Bearer"}


def tell(step, value):
    sys.stdout.write(json.dumps({"step": step, "value": value}) + "\n")


async def heard(client):
    message = await asyncio.wait_for(client.receive(), SECONDS)
    return message["data"]


async def refusal(client, channel):
    try:
        await client.subscribe(channel)
    except ServerError as error:
        return error.error_message


async def main():
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with aiohttp.ClientSession(headers=headers) as session:

        async def create(name, **values):
            address = f"{URL}/services/data/v67.0/sobjects/{name}"
            async with session.post(address, json=values) as answer:
                assert answer.status == 201, await answer.text()

        query = "SELECT Id, Name FROM Account"
        await create("PushTopic", Name="Watched", Query=query, ApiVersion=67.0)
        seen = {}
        async with Client(Session(), replay=seen) as client:
            await client.subscribe(TOPIC)
            await client.subscribe(EVENT)
            tell("refused", await refusal(client, "/topic/None"))
            await create("Account", Name="first")
            data = await heard(client)
            tell("topic", [data["event"]["type"], data["sobject"]["Name"]])
            await create("Large_Order__e", Event_Key__c="k1")
            tell("event", (await heard(client))["payload"]["Event_Key__c"])
        await create("Account", Name="second")
        async with Client(Session(), replay=seen) as client:
            await client.subscribe(TOPIC)
            tell("resumed", (await heard(client))["sobject"]["Name"])
        async with Client(Session(), replay=ReplayOption.ALL_EVENTS) as client:
            await client.subscribe(TOPIC)
            tell("all", [(await heard(client))["sobject"]["Name"] for _ in range(2)])


asyncio.run(main())
