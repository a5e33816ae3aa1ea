"""`manage.py crm_explain MODEL KEY`."""

from typing import Any

from django.core.management.base import CommandParser

from crm_sync import lookups, selectors
from crm_sync.exceptions import UnknownRecord
from shop.doors.backoffice.management.answers import WRONG_USE, AdminCommand


class Command(AdminCommand):
    """Tells the life of one record."""

    help = "Tell what happened to one record: change, job, calls, answers, ids, values."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("model", help="order, customer, product, cart, payment, price_list")
        parser.add_argument("key", help="key, order number, e-mail or SKU")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            mapping, key = lookups.find(options["model"], options["key"])
        except UnknownRecord as refusal:
            raise self.fail(str(refusal), code=WRONG_USE) from None
        story = selectors.explain(mapping, key)
        if options["json"]:
            self.answer(_facts(story), as_json=True)
            return
        for line in _lines(story):
            self.stdout.write(line)


def _facts(story: selectors.Explanation) -> dict[str, Any]:
    return {
        "mapping": story.mapping,
        "key": story.key,
        "state": story.state,
        "waiting_marks": len(story.marks),
        "jobs": [
            {
                "state": job.state,
                "attempts": job.attempts,
                "error": job.last_error,
                "skipped_because": job.skipped_because,
                "correlation_ids": job.correlation_ids,
                "lane": job.lane,
                "changed_at": job.created_at.isoformat(),
                "done_at": job.done_at.isoformat() if job.done_at else None,
            }
            for job in story.jobs
        ],
        "calls": [
            {
                "at": attempt.made_at.isoformat(),
                "kind": attempt.kind,
                "object": attempt.sobject,
                "external_id": attempt.external_id,
                "ok": attempt.is_ok,
                "code": attempt.code,
                "message": attempt.message,
                "status": attempt.call.status if attempt.call else 0,
                "milliseconds": attempt.call.milliseconds if attempt.call else 0,
                "created": attempt.is_created,
                "sent_fields": attempt.sent_fields,
            }
            for attempt in story.attempts
        ],
        "records": [
            {
                "object": link.sobject,
                "external_id": link.external_id,
                "salesforce_id": link.salesforce_id,
                "mapping_version": link.mapping_version,
                "values": link.pushed_values,
                "shortened": link.shortened_fields,
            }
            for link in story.links
        ],
    }


def _lines(story: selectors.Explanation) -> list[str]:
    lines = [f"{story.mapping} {story.key}: {story.state}"]
    lines += [
        f"  changed {mark.created_at:%Y-%m-%d %H:%M:%S}, not read yet" for mark in story.marks
    ]
    for job in story.jobs:
        reason = job.last_error or job.skipped_because or job.ignored_because
        lines.append(f"  job {job.pk} {job.get_state_display()} {reason}".rstrip())
    for attempt in story.attempts:
        answer = "ok" if attempt.is_ok else attempt.message
        when = f"{attempt.made_at:%Y-%m-%d %H:%M:%S}"
        lines.append(f"  {when} {attempt.kind} {attempt.external_id}: {answer}")
    lines += [
        f"  {link.sobject} {link.external_id} is {link.salesforce_id}" for link in story.links
    ]
    return lines
