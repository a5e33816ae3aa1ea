"""The daily counter of API calls and the other figures of the limits resource."""

import threading
import time

HOUR = 3600
DAILY_API = 100_000
OTHER = {
    "ActiveScratchOrgs": 3,
    "DailyScratchOrgs": 6,
    "DailyBulkV2QueryJobs": 10_000,
    "DailyBulkApiBatches": 15_000,
    "DailyBulkV2QueryFileStorageMB": 976_562,
    "HourlyPublishedPlatformEvents": 50_000,
    "HourlyPublishedStandardVolumePlatformEvents": 1000,
    "DailyStandardVolumePlatformEvents": 10_000,
    "DailyDeliveredPlatformEvents": 10_000,
    "DailyStreamingApiEvents": 10_000,
    "DailyAsyncApexExecutions": 250_000,
    "DailyWorkflowEmails": 390,
    "DataStorageMB": 1024,
    "FileStorageMB": 1024,
    "HourlyAsyncReportRuns": 1200,
    "HourlySyncReportRuns": 500,
    "MassEmail": 10,
    "SingleEmail": 15,
    "PermissionSets": 1500,
}


class Limits:
    """Counts calls over a rolling day, by the hour."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._hours: dict[int, int] = {}
        self.maxima = {"DailyApiRequests": DAILY_API, **OTHER}
        self.used_others: dict[str, int] = {}

    def count(self, calls: int = 1) -> None:
        """Count calls against the day's allowance."""
        hour = int(time.time()) // HOUR
        with self._lock:
            self._hours[hour] = self._hours.get(hour, 0) + calls
            if len(self._hours) > 25:
                self._hours = {key: n for key, n in self._hours.items() if key > hour - 24}

    def use(self, name: str, amount: int = 1) -> None:
        """Count against one of the other limits."""
        with self._lock:
            self.used_others[name] = self.used_others.get(name, 0) + amount

    @property
    def used(self) -> int:
        """Return the calls of the last day."""
        oldest = int(time.time()) // HOUR - 24
        with self._lock:
            return sum(n for hour, n in self._hours.items() if hour > oldest)

    @property
    def exhausted(self) -> bool:
        """Say whether the day's allowance is used up."""
        return self.used >= self.maxima["DailyApiRequests"]

    def header(self) -> str:
        """Return the value of the limit header."""
        return f"api-usage={self.used}/{self.maxima['DailyApiRequests']}"

    def as_json(self) -> dict[str, dict[str, int]]:
        """Return the limits resource."""
        answer = {}
        for name, most in sorted(self.maxima.items()):
            used = self.used if name == "DailyApiRequests" else self.used_others.get(name, 0)
            answer[name] = {"Max": most, "Remaining": max(most - used, 0)}
        return answer

    def set(self, name: str, most: int) -> None:
        """Change a maximum and start counting afresh."""
        with self._lock:
            self.maxima[name] = most
            self.used_others.pop(name, None)
            if name == "DailyApiRequests":
                self._hours.clear()

    def reset(self) -> None:
        """Return to a fresh day with the usual maxima."""
        with self._lock:
            self._hours.clear()
            self.used_others.clear()
            self.maxima = {"DailyApiRequests": DAILY_API, **OTHER}
