"""Steps of jobs of Bulk API 2.0, as a client takes them."""

import csv
import io
import time

ENDS = {"JobComplete", "Failed", "Aborted"}


def opened(org, **facts):
    return org.call("POST", "jobs/ingest", json={"object": "Account", **facts}).json()


def put(org, job, content):
    return org.call("PUT", f"jobs/ingest/{job}/batches", data=content)


def close(org, job, state="UploadComplete"):
    return org.call("PATCH", f"jobs/ingest/{job}", json={"state": state})


def ended(org, job, kind="ingest"):
    for _ in range(4000):
        found = org.call("GET", f"jobs/{kind}/{job}").json()
        if found["state"] in ENDS:
            return found
        time.sleep(0.05)
    raise AssertionError("The job did not end")


def results(org, job, which):
    text = org.call("GET", f"jobs/ingest/{job}/{which}").text
    return list(csv.DictReader(io.StringIO(text)))


def asked(org, soql, **facts):
    body = {"operation": "query", "query": soql, **facts}
    return org.call("POST", "jobs/query", json=body)


def page(org, job, **params):
    return org.call("GET", f"jobs/query/{job}/results", params=params)
