"""Somebody with a browser, as tests of the org's pages see them."""

import re

import requests


class Visitor:
    """Opens pages and sends the forms that are on them."""

    def __init__(self, org):
        self.url = org.url
        self.session = requests.Session()

    def get(self, path, **params):
        return self.session.get(self.url + path, params=params, timeout=10)

    def post(self, path, page=None, headers=None, files=None, **values):
        shown = self.session.get(self.url + (page or path), timeout=10).text
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', shown).group(1)
        data = {**values, "csrfmiddlewaretoken": token}
        address = self.url + path
        return self.session.post(address, data=data, files=files, headers=headers, timeout=10)
