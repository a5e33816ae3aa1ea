"""What clients asked for and come back to: Bulk jobs, deploys, retrieves."""

from crm_sync.localorg import ids

MOST = 50
# Bulk jobs stay as long as the store keeps them; results with files in them do not.
PASSING = frozenset(("0Af", "09S"))


class Kept(dict[str, object]):
    """Things by their ids; of those with files in them only the last."""

    def __setitem__(self, key: str, value: object) -> None:
        super().__setitem__(key, value)
        if key[:3] in PASSING:
            for old in [each for each in list(self) if each[:3] == key[:3]][:-MOST]:
                self.pop(old, None)

    def find(self, asked: str) -> object:
        """Return what a client means by an id of 15 or of 18 characters."""
        return self.get(ids.to_18(asked[:15]))
