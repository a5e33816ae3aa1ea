"""Composite graphs: every graph holds together or is undone."""

from crm_sync.localorg.errors import SalesforceError
from crm_sync.localorg.messages import Answer, Call
from crm_sync.localorg.rest.composite import Dispatch, Sequence, subrequests

MOST_GRAPHS = 75
MOST_NODES = 500
MOST_KINDS = 15
MOST_FAILURES = 14
Requests = list[dict[str, object]]


def _check_graphs(graphs: list[dict[str, object]], parts: list[list[dict[str, object]]]) -> None:
    names = [each.get("graphId") for each in graphs]
    if any(not isinstance(name, str) or not name for name in names) or len(set(names)) < len(names):
        raise SalesforceError("INVALID_FIELD", "Every graph needs a graphId of its own")
    requests = [request for part in parts for request in part]
    if len(requests) > MOST_NODES:
        message = f"Limit exceeded. At most {MOST_NODES} nodes in all graphs."
        raise SalesforceError("LIMIT_EXCEEDED", message)
    kinds = {(each.get("method"), _kind(str(each.get("url", "")))) for each in requests}
    if len(kinds) > MOST_KINDS:
        message = f"Limit exceeded. At most {MOST_KINDS} different nodes."
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
