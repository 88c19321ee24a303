use super::Nick;

#[test]
fn a_guest_is_known_by_the_number() {
    assert_eq!(Nick::guest(7).as_str(), "guest-7");
    assert_eq!(Nick::guest(7).guest_number(), Some(7));
    let number = |name| Nick::new(name).expect("a nick").guest_number();
    assert_eq!(number("Guest-12"), Some(12));
    assert_eq!(number("guest-"), None);
    assert_eq!(number("alice"), None);
}
