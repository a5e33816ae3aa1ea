"""Finding products: search documents, facets and suggestions."""

from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "shop.engagement.search"
    label = "search"

    def ready(self) -> None:
        from shop.core import jobs
        from shop.engagement.search import subscribers, tasks

        subscribers.connect()
        jobs.register_drain("search.index_stale", tasks.index_stale)
        jobs.register_schedule("search.index_stale", subscribers.TASK, minutes=1)
        jobs.register_schedule(
            "search.refresh_figures",
            "shop.engagement.search.tasks.refresh_figures",
            minutes=2,
        )
        jobs.register_schedule(
            "search.refresh_popularity",
            "shop.engagement.search.tasks.refresh_popularity",
            cron="15 3 * * *",
        )
