"""The service descriptions from which SOAP clients are built, written from the tables."""

from dataclasses import dataclass

from lxml import etree

from crm_sync.localorg.schema.model import Schema
from crm_sync.localorg.soap import enterprise
from crm_sync.localorg.soap.contract import PLAIN, Contract, Operation, Part, Type, load
from crm_sync.localorg.soap.envelope import ENTERPRISE, FAULTS, METADATA, PARTNER, SOBJECTS

WSDL = "http://schemas.xmlsoap.org/wsdl/"
SOAP = "http://schemas.xmlsoap.org/wsdl/soap/"
XSD = "http://www.w3.org/2001/XMLSchema"
IN_SOBJECT = frozenset(("sObject", "address", "location"))
SIMPLE = ("ID", "soapType", "fieldType", "ExceptionCode")
FAULT_TYPES = {
    "LoginFault": (),
    "InvalidQueryLocatorFault": (),
    "InvalidNewPasswordFault": (),
    "InvalidIdFault": (),
    "UnexpectedErrorFault": (),
    "ApiQueryFault": ("row", "column"),
    "InvalidFieldFault": ("row", "column"),
    "InvalidSObjectFault": ("row", "column"),
    "MalformedQueryFault": ("row", "column"),
    "MalformedSearchFault": ("row", "column"),
}
LAST_LOGIN_VERSION = 64
# Still answered, because clients that are older than the description use it.
UNDESCRIBED = frozenset(("checkStatus",))
WITHOUT_LIMITS = frozenset(("login",))


@dataclass(frozen=True, slots=True)
class Service:
    """One of the services the org offers."""

    table: str
    namespace: str
    kind: str
    service: str
    port: str
    response_headers: tuple[str, ...] = ()

    @property
    def records(self) -> str:
        """Return the namespace of its records; the metadata API has none."""
        return SOBJECTS.get(self.namespace, "")


SERVICES = {
    "partner": Service("partner", PARTNER, "u", "SforceService", "Soap", ("LimitInfoHeader",)),
    "enterprise": Service(
        "partner", ENTERPRISE, "c", "SforceService", "Soap", ("LimitInfoHeader",)
    ),
    "metadata": Service(
        "metadata",
        METADATA,
        "m",
        "MetadataService",
        "Metadata",
    ),
}


def _add(parent: etree._Element, name: str, /, **attributes: str) -> etree._Element:
    made = etree.SubElement(parent, name)
    for key, text in attributes.items():
        made.set(key, text)
    return made


def _xsd(parent: etree._Element, name: str, /, **attributes: str) -> etree._Element:
    return _add(parent, f"{{{XSD}}}{name}", **attributes)


def _wsdl(parent: etree._Element, name: str, /, **attributes: str) -> etree._Element:
    return _add(parent, f"{{{WSDL}}}{name}", **attributes)


def _soap(parent: etree._Element, name: str, /, **attributes: str) -> etree._Element:
    return _add(parent, f"{{{SOAP}}}{name}", **attributes)


class Writer:
    """Writes one description."""

    def __init__(self, service: Service, address: str, version: str, schema: Schema) -> None:
        self.service = service
        self.schema = schema
        self.address = address
        self.version = float(version)
        self.contract: Contract = load(service.table)
        self.root = self._root()

    def _root(self) -> etree._Element:
        spaces = {None: WSDL, "soap": SOAP, "xsd": XSD, "tns": self.service.namespace}
        if self.service.records:
            spaces |= {"ens": self.service.records, "fns": FAULTS[self.service.namespace]}
        root = etree.Element(f"{{{WSDL}}}definitions", nsmap=spaces)
        root.set("targetNamespace", self.service.namespace)
        return root

    def operations(self) -> list[Operation]:
        """Return the calls of this version."""
        gone = UNDESCRIBED | ({"login"} if self.version > LAST_LOGIN_VERSION else set())
        return [each for each in self.contract.operations.values() if each.name not in gone]

    def write(self) -> bytes:
        """Return the whole description."""
        self._types()
        self._messages()
        self._port()
        self._binding()
        service = _wsdl(self.root, "service", name=self.service.service)
        port = _wsdl(service, "port", name=self.service.port)
        port.set("binding", f"tns:{self.service.port}Binding")
        _soap(port, "address", location=self.address)
        return bytes(
            etree.tostring(self.root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
        )

    def _types(self) -> None:
        types = _wsdl(self.root, "types")
        if self.service.records:
            inner = self._schema(types, self.service.records, self.service.namespace)
            for each in self._record_types():
                self._complex(inner, each)
            self._fault_schema(types)
        schema = self._schema(types, self.service.namespace, self.service.records)
        for name in SIMPLE:
            simple = _xsd(schema, "simpleType", name=name)
            restriction = _xsd(simple, "restriction", base="xsd:string")
            if name == "ID":
                _xsd(restriction, "pattern", value="[a-zA-Z0-9]{18}|[a-zA-Z0-9]{15}|")
        for each in self.contract.types.values():
            if each.name not in self._beside():
                self._complex(schema, each)
        self._elements(schema)

    def _beside(self) -> frozenset[str]:
        """Return the types that live in the namespace of the records."""
        if self.service.namespace == ENTERPRISE:
            return frozenset((enterprise.RECORD,))
        return IN_SOBJECT if self.service.records else frozenset()

    def _record_types(self) -> list[Type]:
        if self.service.namespace == ENTERPRISE:
            return enterprise.types(self.schema)
        return [each for each in self.contract.types.values() if each.name in IN_SOBJECT]

    def _schema(self, types: etree._Element, namespace: str, imported: str) -> etree._Element:
        schema = _xsd(types, "schema", elementFormDefault="qualified", targetNamespace=namespace)
        if imported:
            _xsd(schema, "import", namespace=imported)
        return schema

    def _complex(self, schema: etree._Element, each: Type) -> None:
        made = _xsd(schema, "complexType", name=each.name)
        if each.base:
            content = _xsd(made, "complexContent")
            made = _xsd(content, "extension", base=self._named(each.base))
        self._sequence(made, each.parts)
        if each.open:
            is_record = enterprise.RECORD in {each.name, each.base}
            own = "##targetNamespace" if is_record else "##any"
            sequence = made[0]
            wild = _xsd(sequence, "any", namespace=own, processContents="lax")
            wild.set("minOccurs", "0")
            wild.set("maxOccurs", "unbounded")

    def _sequence(self, parent: etree._Element, parts: list[Part] | tuple[Part, ...]) -> None:
        sequence = _xsd(parent, "sequence")
        for part in parts:
            made = _xsd(sequence, "element", name=part.name, type=self._named(part.type))
            if part.nil:
                made.set("nillable", "true")
            if part.optional or part.many:
                made.set("minOccurs", "0")
            if part.many:
                made.set("maxOccurs", "unbounded")

    def _named(self, name: str) -> str:
        if name in PLAIN:
            return f"xsd:{name}"
        if ":" in name:
            return name
        return f"{'ens' if name in self._beside() else 'tns'}:{name}"

    def _fault_schema(self, types: etree._Element) -> None:
        schema = self._schema(types, FAULTS[self.service.namespace], "")
        base = _xsd(schema, "complexType", name="ApiFault")
        self._sequence(base, [Part("exceptionCode", "string"), Part("exceptionMessage", "string")])
        _xsd(schema, "element", name="fault", type="fns:ApiFault")
        for name, parts in FAULT_TYPES.items():
            made = _xsd(schema, "complexType", name=name)
            extension = _xsd(_xsd(made, "complexContent"), "extension", base="fns:ApiFault")
            self._sequence(extension, [Part(each, "int") for each in parts])
            _xsd(schema, "element", name=name, type=f"fns:{name}")

    def _elements(self, schema: etree._Element) -> None:
        for header in self.contract.headers.values():
            made = _xsd(schema, "element", name=header.name)
            self._sequence(_xsd(made, "complexType"), header.parts)
        for operation in self.operations():
            given = _xsd(schema, "element", name=operation.name)
            self._sequence(_xsd(given, "complexType"), operation.given)
            answered = _xsd(schema, "element", name=f"{operation.name}Response")
            result = (operation.result,) if operation.result else ()
            self._sequence(_xsd(answered, "complexType"), result)

    def _messages(self) -> None:
        header = _wsdl(self.root, "message", name="Header")
        for name in self.contract.headers:
            _wsdl(header, "part", name=name, element=f"tns:{name}")
        for operation in self.operations():
            for kind, element in (("Request", ""), ("Response", "Response")):
                made = _wsdl(self.root, "message", name=f"{operation.name}{kind}")
                name = f"tns:{operation.name}{element}"
                _wsdl(made, "part", name="parameters", element=name)
        for name in FAULT_TYPES if self.service.records else ():
            made = _wsdl(self.root, "message", name=name)
            _wsdl(made, "part", name="fault", element=f"fns:{name}")

    def _port(self) -> None:
        port = _wsdl(self.root, "portType", name=self.service.port)
        for operation in self.operations():
            made = _wsdl(port, "operation", name=operation.name)
            _wsdl(made, "input", message=f"tns:{operation.name}Request")
            _wsdl(made, "output", message=f"tns:{operation.name}Response")
            for name in FAULT_TYPES if self.service.records else ():
                _wsdl(made, "fault", message=f"tns:{name}", name=name)

    def _binding(self) -> None:
        binding = _wsdl(self.root, "binding", name=f"{self.service.port}Binding")
        binding.set("type", f"tns:{self.service.port}")
        transport = "http://schemas.xmlsoap.org/soap/http"
        _soap(binding, "binding", style="document", transport=transport)
        for operation in self.operations():
            made = _wsdl(binding, "operation", name=operation.name)
            _soap(made, "operation", soapAction="")
            self._bound(_wsdl(made, "input"), operation.headers)
            limits = () if operation.name in WITHOUT_LIMITS else self.service.response_headers
            self._bound(_wsdl(made, "output"), limits)
            for name in FAULT_TYPES if self.service.records else ():
                _soap(_wsdl(made, "fault", name=name), "fault", name=name, use="literal")

    def _bound(self, parent: etree._Element, headers: tuple[str, ...]) -> None:
        for name in headers:
            _soap(parent, "header", use="literal", message="tns:Header", part=name)
        _soap(parent, "body", parts="parameters", use="literal")


def description(name: str, host: str, version: str, schema: Schema) -> bytes:
    """Return the description of one service, bound to the address of this org."""
    service = SERVICES[name]
    address = f"{host}/services/Soap/{service.kind}/{version}"
    return Writer(service, address, version, schema).write()
