"""Composite graphs: every graph holds together or is undone."""

import json
import re

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.messages import Answer, Call
from crm_sync.localorg.rest.composite import REFERENCE, Dispatch, Sequence, check, subrequests

MOST_GRAPHS = 75
MOST_NODES = 500
MOST_KINDS = 15
MOST_FAILURES = 14
MOST_DEPTH = 15
GRAPH_NAME = re.compile(r"[A-Za-z0-9][^.]{0,38}\Z")
RECORDS = re.compile(r"/services/data/v\d+\.\d/sobjects/[^/?]+(/[^/?]+){0,2}/?(\?.*)?\Z")
Requests = list[dict[str, object]]


def _check_graphs(graphs: list[dict[str, object]], parts: list[list[dict[str, object]]]) -> None:
    names = [each.get("graphId") for each in graphs]
    legal = all(isinstance(name, str) and GRAPH_NAME.match(name) for name in names)
    if not legal or len(set(names)) < len(names):
        message = (
            "Every graph needs a graphId of its own that begins with a letter or a number, has "
            "less than 40 characters and no period"
        )
        raise SalesforceError("INVALID_FIELD", message)
    requests = [request for part in parts for request in part]
    if len(requests) > MOST_NODES:
        message = f"Limit exceeded. At most {MOST_NODES} nodes in all graphs."
        raise SalesforceError("LIMIT_EXCEEDED", message)
    kinds = {(str(each.get("method")), _kind(str(each.get("url", "")))) for each in requests}
    if len(kinds) > MOST_KINDS:
        message = f"Limit exceeded. At most {MOST_KINDS} different nodes."
        raise SalesforceError("LIMIT_EXCEEDED", message)


def _check_nodes(call: Call, requests: Requests) -> None:
    """Refuse a graph whose nodes are no records, or hang too deep on one another."""
    check(call, requests)
    depths: dict[str, int] = {}
    for each in requests:
        url = str(each["url"])
        if not RECORDS.match(url):
            message = f"A node has to be a record, not {url}"
            raise SalesforceError("INVALID_FIELD", message)
        used = REFERENCE.findall(url + json.dumps(each.get("body")))
        above = (depths.get(re.split(r"[.\[]", name)[0], 0) for name in used)
        depths[str(each["referenceId"])] = depth = 1 + max(above, default=0)
        if depth > MOST_DEPTH:
            message = f"Limit exceeded. A graph is at most {MOST_DEPTH} nodes deep."
            raise SalesforceError("LIMIT_EXCEEDED", message)


def _kind(url: str) -> str:
    return "/".join(url.split("/")[:6])


class Graphs:
    """The resource of composite graphs."""

    def __init__(self, dispatch: Dispatch) -> None:
        self.dispatch = dispatch

    def post(self, call: Call) -> Answer:
        """Run every graph; after too many failures the rest is not tried."""
        graphs = subrequests(call.json_object().get("graphs"), "graphs", MOST_GRAPHS)
        parts = [
            subrequests(each.get("compositeRequest"), "compositeRequest", MOST_NODES)
            for each in graphs
        ]
        _check_graphs(graphs, parts)
        for requests in parts:
            _check_nodes(call, requests)
        answers: Requests = []
        failures = 0
        for each, requests in zip(graphs, parts, strict=True):
            sequence = Sequence(call, self.dispatch, all_or_none=True)
            holds = False
            if failures < MOST_FAILURES:
                holds = sequence.run(requests)
            else:
                sequence.refuse(requests)
            failures += int(not holds)
            answers.append(
                {
                    "graphId": each["graphId"],
                    "graphResponse": {"compositeResponse": sequence.results},
                    "isSuccessful": holds,
                }
            )
        return Answer({"graphs": answers})
