"""People as CERIF XML, for systems of research information: names, ORCID iD, and every post with its days.

The elements are those of the CERIF profile of OpenAIRE, version 1.1 (openaire-guidelines-for-cris-managers), and the
same that the import reads. Neither sex nor addresses are kept here, so none are written.
"""

from collections.abc import Iterable
from xml.etree.ElementTree import Comment, Element, SubElement, indent, tostring

from django.http import HttpResponse

from innovation.core.exports import Table, disposition
from talent.models import Affiliation, Person

NAMESPACE = "https://www.openaire.eu/cerif-profile/1.1/"


def cerif_response(table: Table, file_name: str) -> HttpResponse:
    """The people of an export as a file to be saved; its notes, the mark among them, stand in its head."""
    data = cerif_xml(table.rows, [str(note) for note in table.notes])
    headers = {"Content-Disposition": disposition(file_name, "xml")}
    return HttpResponse(data, content_type="application/xml", headers=headers)


def cerif_xml(people: Iterable[Person], notes: Iterable[str] = ()) -> bytes:
    """``people`` with their posts as a CERIF document in UTF-8."""
    root = Element("CERIF", {"xmlns": NAMESPACE})
    for note in notes:
        root.append(Comment(f" {note.replace('--', '–')} "))
    for person in people:
        root.append(_person(person))
    indent(root)
    return tostring(root, encoding="utf-8", xml_declaration=True)


def _person(person: Person) -> Element:
    element = Element("Person", {"id": str(person.uuid)})
    names = SubElement(element, "PersonName")
    _words(names, "FamilyNames", person.family_name)
    _words(names, "FirstNames", person.given_name)
    _words(names, "OtherNames", person.former_names)
    _words(element, "ORCID", f"https://orcid.org/{person.orcid}" if person.orcid else "")
    for post in person.affiliations.all():
        element.append(_affiliation(post))
    return element


def _affiliation(post: Affiliation) -> Element:
    days = {"startDate": post.valid_from.isoformat()}
    if post.valid_to:
        days["endDate"] = post.valid_to.isoformat()
    element = Element("Affiliation", days)
    unit = SubElement(element, "OrgUnit", {"id": post.organisation.code})
    _words(unit, "Name", post.organisation.name_zh)
    _words(element, "Role", post.title)
    return element


def _words(parent: Element, name: str, text: str) -> None:
    if text:
        SubElement(parent, name).text = text
