"""What machines read of courses and lessons: schema.org as JSON-LD (Course, LearningResource), and a sitemap."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from xml.sax.saxutils import escape

from panlearn.domain.course import Author, Course, Page, Release
from panlearn.domain.reading import course_url, page_url
from panlearn.domain.techniques import technique

_LICENCES = {
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC-BY-SA-4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
}


def course_data(release: Release, root: str) -> dict[str, Any]:
    """A course as schema.org sees it; `root` is the site's address without a slash at its end."""
    course = release.course
    found = _common(course, release, root) | {
        "@type": ["Course", "LearningResource"],
        "@id": root + course_url(course.slug),
        "url": root + course_url(course.slug),
        "name": course.title,
        "description": course.summary,
        "provider": {"@type": "Organization", "name": "PaN Learn", "url": root + "/"},
        "hasPart": [
            {"@type": "LearningResource", "@id": root + page_url(course.slug, page.slug), "name": page.title}
            for page in release.lessons
        ],
        "hasCourseInstance": {
            "@type": "CourseInstance",
            "courseMode": "online",
            "courseWorkload": _duration(course.duration),
        },
    }
    if course.outcomes:
        found["teaches"] = list(course.outcomes)
    if course.prerequisites:
        found["coursePrerequisites"] = [root + course_url(slug) for slug in course.prerequisites]
    return found


def lesson_data(release: Release, page: Page, root: str) -> dict[str, Any]:
    """A lesson as schema.org sees it."""
    found = _common(release.course, release, root) | {
        "@type": "LearningResource",
        "@id": root + page_url(release.course.slug, page.slug),
        "url": root + page_url(release.course.slug, page.slug),
        "name": page.title,
        "description": page.summary or release.course.summary,
        "learningResourceType": "lesson",
        "interactivityType": "mixed" if page.cells else "expositive",
        "isPartOf": {"@type": "Course", "@id": root + course_url(release.course.slug), "name": release.course.title},
    }
    if page.number is not None:
        found["position"] = page.number
    if page.minutes:
        found["timeRequired"] = _duration(page.minutes)
    return found


def sitemap(releases: Iterable[Release], root: str) -> str:
    """Every public page, with the day it was published."""
    entries = [_entry(root + path) for path in ("/", "/courses", "/about/accessibility", "/about/privacy")]
    for release in releases:
        day = release.published_at.date().isoformat()
        slug = release.course.slug
        entries.append(_entry(root + course_url(slug), day))
        entries += [_entry(root + page_url(slug, page.slug), day) for page in release.pages]
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n' + "\n".join(entries) + "\n</urlset>\n"
    )


def _common(course: Course, release: Release, root: str) -> dict[str, Any]:
    del root
    return {
        "@context": "https://schema.org",
        "inLanguage": course.language,
        "educationalLevel": course.level.value,
        "isAccessibleForFree": True,
        "license": _LICENCES.get(course.licence, course.licence),
        "author": [_author(author) for author in course.authors],
        "about": [
            {"@type": "DefinedTerm", "@id": one.iri, "name": one.name, "termCode": one.id}
            for one in map(technique, course.techniques)
        ],
        "version": str(release.version),
        "datePublished": release.published_at.date().isoformat(),
    }


def _author(author: Author) -> dict[str, Any]:
    found: dict[str, Any] = {"@type": "Person", "name": author.name}
    if author.orcid:
        found["@id"] = f"https://orcid.org/{author.orcid}"
    if author.affiliation:
        found["affiliation"] = {"@type": "Organization", "name": author.affiliation}
    return found


def _duration(minutes: int) -> str:
    return f"PT{minutes // 60}H{minutes % 60}M" if minutes >= 60 else f"PT{minutes}M"  # noqa: PLR2004 (an hour)


def _entry(url: str, day: str = "") -> str:
    changed = f"<lastmod>{day}</lastmod>" if day else ""
    return f"<url><loc>{escape(url)}</loc>{changed}</url>"
