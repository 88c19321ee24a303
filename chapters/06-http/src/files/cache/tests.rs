use std::fs::File;

use super::*;
use crate::Date;

fn page() -> Arc<Page> {
    let file = File::open("/dev/null").unwrap();
    let metadata = file.metadata().unwrap();
    let now = Date::new(std::time::UNIX_EPOCH);
    Arc::new(Page::read(file, &metadata, b"null", &now).unwrap())
}

fn entry(checked: Seconds) -> Entry {
    Entry {
        page: page(),
        version: None,
        checked,
        reach: Reach::Direct,
    }
}

#[test]
fn an_entry_counts_in_its_second() {
    let mut cache = Cache::new(1);
    cache.keep(b"/a", entry(5));
    assert!(cache.get(b"/a", 5).is_some());
    assert!(cache.get(b"/a", 6).is_none());
    assert!(cache.get(b"/a", 4).is_none(), "a clock may be set back");
    assert!(cache.get(b"/b", 5).is_none());
}

#[test]
fn what_a_route_has_answered_with_is_not_for_requests_that_ask_no_route() {
    let mut cache = Cache::new(2);
    cache.keep(b"/a", entry(5));
    let reach = Reach::ByRoute;
    cache.keep(b"/b", Entry { reach, ..entry(5) });
    assert!(cache.get_direct(b"/a", 5).is_some());
    assert!(cache.get_direct(b"/b", 5).is_none());
    assert!(cache.get(b"/b", 5).is_some());
}

#[test]
fn a_full_cache_makes_room_by_what_nobody_asks_for() {
    let mut cache = Cache::new(2);
    cache.keep(b"/old", entry(5));
    cache.keep(b"/new", entry(6));
    cache.keep(b"/third", entry(6));
    assert!(cache.take(b"/old").is_none());
    assert!(cache.take(b"/new").is_some());
    assert!(cache.take(b"/third").is_some());
}

#[test]
fn a_cache_never_holds_more_than_its_limit() {
    let mut cache = Cache::new(2);
    for name in [b"/a", b"/b", b"/c"] {
        cache.keep(name, entry(5));
    }
    assert_eq!(cache.entries.len(), 2);
    assert!(cache.get(b"/c", 5).is_none());
}
