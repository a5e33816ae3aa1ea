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
    "HourlyPublishedPlatformEvents": 250_000,
    "HourlyPublishedStandardVolumePlatformEvents": 1000,
    "DailyStandardVolumePlatformEvents": 10_000,
    # As with the add-on for events: fifty listeners to a busy day are no failure to rehearse.
    "DailyDeliveredPlatformEvents": 1_000_000,
    "DailyStreamingApiEvents": 1_000_000,
    "DailyDurableStreamingApiEvents": 1_000_000,
    "DailyGenericStreamingApiEvents": 1_000_000,
    "DailyDurableGenericStreamingApiEvents": 1_000_000,
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

# What nothing in this org uses up; the resource tells of it all the same.
UNUSED = {
    "AnalyticsExternalDataSizeMB": 40_960,
    "ConcurrentAsyncGetReportInstances": 200,
    "ConcurrentEinsteinDataInsightsStoryCreation": 5,
    "ConcurrentEinsteinDiscoveryStoryCreation": 2,
    "ConcurrentSyncReportRuns": 20,
    "DailyAnalyticsDataflowJobExecutions": 60,
    "DailyAnalyticsUploadedFilesSizeMB": 51_200,
    "DailyAsyncApexTests": 500,
    "DailyDurableGenericStreamingApiEvents": 10_000,
    "DailyDurableStreamingApiEvents": 10_000,
    "DailyGenericStreamingApiEvents": 10_000,
    "DurableStreamingApiConcurrentClients": 20,
    "HourlyDashboardRefreshes": 200,
    "HourlyDashboardResults": 5000,
    "HourlyDashboardStatuses": 999_999_999,
    "HourlyLongTermIdMapping": 100_000,
    "HourlyManagedContentPublicRequests": 50_000,
    "HourlyODataCallout": 20_000,
    "HourlyShortTermIdMapping": 100_000,
    "HourlyTimeBasedWorkflow": 1000,
    "Package2VersionCreates": 6,
    "Package2VersionCreatesWithoutValidation": 500,
    "PrivateConnectOutboundCalloutHourlyLimitMB": 0,
    "StreamingApiConcurrentClients": 20,
}
CUSTOM_SETS = 1000


def _recent(name: str, hours: dict[int, int]) -> dict[int, int]:
    """Return the part of a count that still matters."""
    oldest = int(time.time()) // HOUR - (1 if name.startswith("Hourly") else 24)
    return {hour: used for hour, used in hours.items() if hour > oldest}


class Limits:
    """Counts calls over a rolling day, by the hour."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._hours: dict[int, int] = {}
        self.maxima = {"DailyApiRequests": DAILY_API, **OTHER}
        self._others: dict[str, dict[int, int]] = {}

    def count(self, calls: int = 1) -> None:
        """Count calls against the day's allowance."""
        hour = int(time.time()) // HOUR
        with self._lock:
            self._hours[hour] = self._hours.get(hour, 0) + calls
            if len(self._hours) > 25:
                self._hours = {key: n for key, n in self._hours.items() if key > hour - 24}

    def use(self, name: str, amount: int = 1) -> None:
        """Count against one of the other limits, over its own rolling time."""
        with self._lock:
            hours = _recent(name, self._others.get(name, {}))
            hour = int(time.time()) // HOUR
            self._others[name] = {**hours, hour: hours.get(hour, 0) + amount}

    @property
    def used_others(self) -> dict[str, int]:
        """Return what was used of the other limits."""
        with self._lock:
            found = self._others.items()
            return {name: sum(_recent(name, hours).values()) for name, hours in found}

    def is_used_up(self, name: str) -> bool:
        """Say whether nothing is left of one of the other limits."""
        return self.used_others.get(name, 0) >= self.maxima[name]

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
        others = self.used_others
        for name, most in sorted(self.maxima.items()):
            used = self.used if name == "DailyApiRequests" else others.get(name, 0)
            answer[name] = {"Max": most, "Remaining": max(most - used, 0)}
        return answer

    def set(self, name: str, most: int) -> None:
        """Change a maximum and start counting afresh."""
        with self._lock:
            self.maxima[name] = most
            self._others.pop(name, None)
            if name == "DailyApiRequests":
                self._hours.clear()

    def reset(self) -> None:
        """Return to a fresh day with the usual maxima."""
        with self._lock:
            self._hours.clear()
            self._others.clear()
            self.maxima = {"DailyApiRequests": DAILY_API, **OTHER}
