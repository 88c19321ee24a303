use proptest::prelude::*;

use super::*;

const TAG: Tag = Tag(*b"\"0123456789abcdef\"");

#[test]
fn a_tag_is_sixteen_digits_in_quotes() {
    let tag = Tag::of(&"some version");
    let (digits, quotes) = (&tag.text()[1..17], [tag.text()[0], tag.text()[17]]);
    assert_eq!(&quotes, b"\"\"");
    assert!(digits.iter().all(u8::is_ascii_hexdigit), "{tag:?}");
}

#[test]
fn another_version_has_another_tag() {
    assert_eq!(Tag::of(&1), Tag::of(&1));
    assert_ne!(Tag::of(&1), Tag::of(&2));
}

#[test]
fn a_list_may_name_a_tag_anywhere() {
    for list in [
        r#""0123456789abcdef""#,
        r#""a", "0123456789abcdef""#,
        r#""0123456789abcdef","b""#,
        r#", ,"a"	,W/"b" , "0123456789abcdef",,"#,
        r#""", "0123456789abcdef""#,
        r#""a\", "0123456789abcdef""#,
        r#""a, b", "0123456789abcdef""#,
        "*",
    ] {
        assert!(TAG.is_in(list.as_bytes()), "{list}");
        assert!(TAG.is_in_weakly(list.as_bytes()), "{list}");
    }
}

#[test]
fn what_only_looks_like_the_tag_is_not_it() {
    for list in [
        "",
        ",",
        "0123456789abcdef",
        r#""0123456789abcde""#,
        r#""0123456789ABCDEF""#,
        r#""0123456789abcdef"#,
        r#""a,"0123456789abcdef"""#,
        r#""0123456789abcdef"b"#,
        r#"a "0123456789abcdef""#,
        r#"w/"0123456789abcdef""#,
        r#"W/ "0123456789abcdef""#,
        r#"*, "0123456789abcdef""#,
        "**",
    ] {
        assert!(!TAG.is_in(list.as_bytes()), "{list}");
        assert!(!TAG.is_in_weakly(list.as_bytes()), "{list}");
    }
}

#[test]
fn a_weak_tag_counts_in_a_weak_comparison_only() {
    let list = br#"W/"0123456789abcdef""#;
    assert!(TAG.is_in_weakly(list));
    assert!(!TAG.is_in(list));
}

proptest! {
    #[test]
    fn any_bytes_can_be_read(list: Vec<u8>) {
        Listed(&list).count();
    }

    #[test]
    fn every_tag_of_a_list_is_found(before in "(\"[!#-~]{0,4}\" ?, ?){0,3}") {
        let list = format!("{before}\"0123456789abcdef\"");
        prop_assert!(TAG.is_in(list.as_bytes()));
    }
}
