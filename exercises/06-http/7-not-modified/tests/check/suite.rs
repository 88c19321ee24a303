//! Requests on conditions, for a page of which there is one version.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::subject::{Conditions, Method, Page, Status, answer};

const BOOK: &str = "06-files.html#what-the-client-has-already";

/// When the page was changed last: half a second after `CHANGED`.
const MODIFIED: Duration = Duration::from_millis(1_795_262_400_500);
const BEFORE: &str = "Sat, 21 Nov 2026 11:59:59 GMT";
const CHANGED: &str = "Sat, 21 Nov 2026 12:00:00 GMT";
const AFTER: &str = "Sat, 21 Nov 2026 12:00:01 GMT";

/// A request that reads, without conditions.
const NONE: Conditions<'_> = Conditions {
    if_match: None,
    if_unmodified_since: None,
    if_none_match: None,
    if_modified_since: None,
};

#[test]
fn without_conditions_it_is_sent() {
    for method in [Method::Get, Method::Head, Method::Put] {
        check(
            method,
            NONE,
            Status::Ok,
            "There is no condition that could fail.",
        );
    }
}

#[test]
fn a_client_that_has_it_is_told_so() {
    let means = "If-None-Match says which versions the client has. If the page's is among them, there is \
                 nothing to send; if it isn't, there is.";
    check(
        Method::Get,
        if_none_match("\"v2\""),
        Status::NotModified,
        means,
    );
    check(
        Method::Head,
        if_none_match("\"v2\""),
        Status::NotModified,
        means,
    );
    check(Method::Get, if_none_match("\"v1\""), Status::Ok, means);
    for other in ["\"v2!\"", "\"V2\"", "\"xv2\"", "\"\""] {
        check(
            Method::Get,
            if_none_match(other),
            Status::Ok,
            "That is another tag. A tag is compared byte for byte, all that is in the quotes.",
        );
    }
}

#[test]
fn the_list_may_be_long() {
    let means = "A list of tags, with commas and blanks between them. There may be a comma in a tag, too: \
                 what is in quotes belongs together.";
    for list in [
        "\"v1\", \"v2\"",
        "\"v2\", \"v1\"",
        "\"v1\",\"v2\",\"v3\"",
        " , \"v1\" ,\t\"v2\"",
        "\"a,,b\", \"v2\"",
        "\"a,b\",W/\"c,d\",\"v2\"",
    ] {
        check(Method::Get, if_none_match(list), Status::NotModified, means);
    }
    for list in [
        "\"v1\", \"v3\"",
        "\"v1,v2\"",
        "\"a,\", \"b\"",
        "\"x,W/v2,y\"",
    ] {
        check(Method::Get, if_none_match(list), Status::Ok, means);
    }
    let page = Page {
        tag: "\"a,b\"",
        ..page()
    };
    for (list, expected) in [
        ("\"x\", \"a,b\"", Status::NotModified),
        ("\"a\", \"b\"", Status::Ok),
    ] {
        check_page(Method::Get, if_none_match(list), &page, expected, means);
    }
}

#[test]
fn the_comparison_is_weak() {
    let means = "If-None-Match compares weakly: W/ before a tag says that versions with it mean the same, \
                 and that is enough for a reader.";
    let weak = Page {
        tag: "W/\"v2\"",
        ..page()
    };
    check(
        Method::Get,
        if_none_match("W/\"v2\""),
        Status::NotModified,
        means,
    );
    check_page(
        Method::Get,
        if_none_match("\"v2\""),
        &weak,
        Status::NotModified,
        means,
    );
    check_page(
        Method::Get,
        if_none_match("\"v1\", W/\"v2\""),
        &weak,
        Status::NotModified,
        means,
    );
    check_page(
        Method::Get,
        if_none_match("W/\"v1\""),
        &weak,
        Status::Ok,
        means,
    );
}

#[test]
fn a_tag_goes_from_quote_to_quote() {
    let means = "What is between the quotes is the tag, whatever it is: nothing, or a comma and a blank. What is \
                 between two tags is none.";
    for (tag, list, expected) in [
        ("\"\"", "\"v1\", \"\"", Status::NotModified),
        ("\"\"", "\"v1\"", Status::Ok),
        ("\", \"", "\"v1\", \"v2\"", Status::Ok),
        ("\", \"", "\"v1\",\", \"", Status::NotModified),
        ("\"*\"", "\"*\"", Status::NotModified),
        ("\"v2\"", "\"*\"", Status::Ok),
        ("\"W/v2\"", "\"v2\"", Status::Ok),
    ] {
        let tagged = Page { tag, ..page() };
        check_page(Method::Get, if_none_match(list), &tagged, expected, means);
    }
}

#[test]
fn a_page_may_be_older_than_1970() {
    let old = Page {
        modified: UNIX_EPOCH - Duration::from_hours(24),
        ..page()
    };
    let means = "This file says that it was changed on the last day of 1969. That is before the date, as any other \
                 day would be; and nothing to panic about.";
    check_page(
        Method::Get,
        if_modified_since(CHANGED),
        &old,
        Status::NotModified,
        means,
    );
    let unmodified = Conditions {
        if_unmodified_since: Some(CHANGED),
        ..NONE
    };
    check_page(Method::Put, unmodified, &old, Status::Ok, means);
}

#[test]
fn a_star_is_each_version() {
    check(
        Method::Get,
        if_none_match("*"),
        Status::NotModified,
        "* means any version, and the page has one.",
    );
    check(
        Method::Put,
        if_match("*"),
        Status::Ok,
        "* means any version, and the page has one.",
    );
    check(
        Method::Get,
        if_none_match("\"*\""),
        Status::Ok,
        "In quotes, it is a tag like others.",
    );
}

#[test]
fn what_has_not_changed_since_a_date_is_not_sent() {
    check(
        Method::Get,
        if_modified_since(AFTER),
        Status::NotModified,
        "The page was changed before that date and not since. The date need not be the one that the server has \
         told: it says when the client got it.",
    );
    check(
        Method::Get,
        if_modified_since(BEFORE),
        Status::Ok,
        "The page has changed since that date.",
    );
}

#[test]
fn a_date_has_whole_seconds() {
    let means = "The page was changed half a second after 12:00:00, and the server has told that as \
                 12:00:00, because a date has no fractions. Now that date comes back. It means this version.";
    check(
        Method::Get,
        if_modified_since(CHANGED),
        Status::NotModified,
        means,
    );
    let condition = Conditions {
        if_unmodified_since: Some(CHANGED),
        ..NONE
    };
    check(Method::Put, condition, Status::Ok, means);
}

#[test]
fn who_knows_the_tag_is_not_asked_for_the_date() {
    let both = |tag, date| Conditions {
        if_none_match: Some(tag),
        if_modified_since: Some(date),
        ..NONE
    };
    let means = "Both are there, so the tag decides alone: a date can't tell two versions of one second apart, \
                 and an old file may be put in the place of a new one.";
    check(Method::Get, both("\"v1\"", AFTER), Status::Ok, means);
    check(
        Method::Get,
        both("\"v2\"", BEFORE),
        Status::NotModified,
        means,
    );
}

#[test]
fn a_date_that_is_none_is_no_condition() {
    for date in [
        "",
        "yesterday",
        "2026-11-21",
        "Sat, 99 Nov 2026 12:00:00 GMT",
    ] {
        let means = "That is no date. It says neither that the page has changed since nor that it hasn't, \
                     so it is as if the field weren't there.";
        check(Method::Get, if_modified_since(date), Status::Ok, means);
        let condition = Conditions {
            if_unmodified_since: Some(date),
            ..NONE
        };
        check(Method::Put, condition, Status::Ok, means);
    }
}

#[test]
fn a_change_of_another_version_fails() {
    let means = "The client wants to replace the version that it knows. If somebody else has replaced that \
                 already, this would undo it.";
    check(
        Method::Put,
        if_match("\"v1\""),
        Status::PreconditionFailed,
        means,
    );
    check(Method::Put, if_match("\"v1\", \"v2\""), Status::Ok, means);
    for (date, expected) in [(BEFORE, Status::PreconditionFailed), (AFTER, Status::Ok)] {
        let condition = Conditions {
            if_unmodified_since: Some(date),
            ..NONE
        };
        check(Method::Put, condition, expected, means);
    }
}

#[test]
fn if_match_compares_strongly() {
    let means = "If-Match compares strongly: a weak tag on either side says that the bytes may be others, \
                 and who replaces or continues them needs to know.";
    let weak = Page {
        tag: "W/\"v2\"",
        ..page()
    };
    check(
        Method::Put,
        if_match("W/\"v2\""),
        Status::PreconditionFailed,
        means,
    );
    check_page(
        Method::Put,
        if_match("\"v2\""),
        &weak,
        Status::PreconditionFailed,
        means,
    );
    check_page(
        Method::Put,
        if_match("W/\"v2\""),
        &weak,
        Status::PreconditionFailed,
        means,
    );
}

#[test]
fn if_match_goes_first() {
    check(
        Method::Get,
        Conditions {
            if_match: Some("\"v1\""),
            if_none_match: Some("\"v2\""),
            ..NONE
        },
        Status::PreconditionFailed,
        "1 goes before 3: If-Match has failed, and nothing else is asked.",
    );
    check(
        Method::Get,
        Conditions {
            if_unmodified_since: Some(BEFORE),
            if_none_match: Some("\"v2\""),
            ..NONE
        },
        Status::PreconditionFailed,
        "2 goes before 3: If-Unmodified-Since has failed, and nothing else is asked.",
    );
    check(
        Method::Get,
        Conditions {
            if_match: Some("\"v2\""),
            if_unmodified_since: Some(BEFORE),
            ..NONE
        },
        Status::Ok,
        "If-Match is there, so If-Unmodified-Since is not asked.",
    );
    check(
        Method::Get,
        Conditions {
            if_match: Some("\"v2\""),
            if_none_match: Some("\"v2\""),
            ..NONE
        },
        Status::NotModified,
        "If-Match holds. That decides nothing yet: If-None-Match is asked next.",
    );
}

#[test]
fn other_methods_are_never_told_not_modified() {
    check(
        Method::Put,
        if_none_match("*"),
        Status::PreconditionFailed,
        "PUT with If-None-Match: * means: only if there is no version yet. There is one. 304 would mean \
         that all is well.",
    );
    check(
        Method::Put,
        if_modified_since(AFTER),
        Status::Ok,
        "If-Modified-Since is for GET and HEAD alone.",
    );
}

fn if_match(list: &str) -> Conditions<'_> {
    Conditions {
        if_match: Some(list),
        ..NONE
    }
}

fn if_none_match(list: &str) -> Conditions<'_> {
    Conditions {
        if_none_match: Some(list),
        ..NONE
    }
}

fn if_modified_since(date: &str) -> Conditions<'_> {
    Conditions {
        if_modified_since: Some(date),
        ..NONE
    }
}

fn page() -> Page<'static> {
    Page {
        tag: "\"v2\"",
        modified: modified(),
    }
}

fn modified() -> SystemTime {
    UNIX_EPOCH + MODIFIED
}

#[track_caller]
fn check(method: Method, conditions: Conditions<'_>, expected: Status, means: &str) {
    check_page(method, conditions, &page(), expected, means);
}

/// Asks the answer, in a child process.
#[track_caller]
fn check_page(
    method: Method,
    conditions: Conditions<'_>,
    page: &Page<'_>,
    expected: Status,
    means: &str,
) {
    let said: u16 = harness::call(|| code(answer(method, &conditions, page)));
    if said == code(expected) {
        return;
    }
    let fields = [
        ("If-Match", conditions.if_match),
        ("If-Unmodified-Since", conditions.if_unmodified_since),
        ("If-None-Match", conditions.if_none_match),
        ("If-Modified-Since", conditions.if_modified_since),
    ];
    let fields = fields
        .iter()
        .filter_map(|(name, value)| Some(format!("\n          {name}: {}", (*value)?)));
    panic!(
        "the page  is version {}, changed {}\n\
         sent      {}{}\n\
         expected  {}\n\
         received  {said}\n\
         it means  {means}\n\
         read      book: {BOOK}",
        page.tag,
        changed(page),
        format!("{method:?}").to_uppercase(),
        fields.collect::<String>(),
        code(expected)
    );
}

/// When the page was changed, in words.
fn changed(page: &Page<'_>) -> &'static str {
    if page.modified == modified() {
        "Sat, 21 Nov 2026 12:00:00.5 GMT"
    } else {
        "Wed, 31 Dec 1969 00:00:00 GMT"
    }
}

fn code(status: Status) -> u16 {
    match status {
        Status::Ok => 200,
        Status::NotModified => 304,
        Status::PreconditionFailed => 412,
    }
}
