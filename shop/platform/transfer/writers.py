"""Which writer takes which kind of record."""

from datetime import datetime
from typing import Any

from shop.core.actors import Actor
from shop.platform.transfer.formats.parser import Parser
from shop.platform.transfer.records import ImportContext
from shop.platform.transfer.writing.batches import Writer
from shop.platform.transfer.writing.customers import CustomerWriter
from shop.platform.transfer.writing.orders import OrderWriter
from shop.platform.transfer.writing.products import ProductWriter
from shop.platform.transfer.writing.stock import StockWriter


def writer_for(
    parser: Parser, context: ImportContext, *, actor: Actor, now: datetime
) -> Writer[Any]:
    """The writer for the records of a parser."""
    if parser.object == "products":
        return ProductWriter(context, source=parser.name, actor=actor, now=now)
    if parser.object == "customers":
        return CustomerWriter(context, now=now)
    if parser.object == "stock":
        return StockWriter(context, actor=actor, now=now)
    return OrderWriter(context, source=parser.name, actor=actor, now=now)
