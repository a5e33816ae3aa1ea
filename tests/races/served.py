"""The store under test, for a real server: `config.wsgi` rightly refuses the keys of tests."""

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
