"""Fill an empty site with the demo, all at once or not at all."""

from sqlalchemy import func, select

from ..accounts.models import Person
from ..db import db
from ..errors import Conflict
from ..registry import registry
from ..site.settings import is_demo, set_demo
from .content import make_accounts
from .site import DemoSite


def load() -> bool:
    """Load the demo in the present transaction; False when it is there already.

    Raises Conflict when real people have accounts here: a demo has a password that everybody knows.
    """
    if is_demo():
        return False
    if db.session.scalar(select(func.count(Person.id))):
        raise Conflict("This site has accounts already; a demo is only loaded into an empty site.")
    set_demo()
    make_accounts()
    demo = DemoSite()
    for part in registry().all("demo"):
        part.load(demo)
    return True
