use super::Unfit;

fn unfit(name: &str) -> Option<Unfit> {
    Unfit::of(name)
}

#[test]
fn a_nick_has_one_to_twenty_characters() {
    assert_eq!(unfit(""), Some(Unfit::Length));
    assert_eq!(unfit("a"), None);
    assert_eq!(unfit(&"a".repeat(20)), None);
    assert_eq!(unfit(&"a".repeat(21)), Some(Unfit::Length));
    assert_eq!(unfit(&"🦀".repeat(20)), None, "characters, not bytes");
    assert_eq!(unfit(&"🦀".repeat(21)), Some(Unfit::Length));
}

#[test]
fn names_in_all_scripts_are_nicks() {
    for name in [
        "alice",
        "Åsa",
        "e\u{301}lan",
        "李雷",
        "שלום",
        "नमस्ते",
        "🦀",
        "o'hara",
        "a/b",
        "x2",
    ] {
        assert_eq!(unfit(name), None, "{name}");
    }
}

#[test]
fn a_nick_has_no_space_nor_what_looks_like_one() {
    let spaces = [
        ' ',
        '\t',
        '\n',
        '\u{a0}',
        '\u{1680}',
        '\u{2003}',
        '\u{200a}',
        '\u{2028}',
        '\u{202f}',
        '\u{205f}',
        '\u{3000}',
        '\u{2800}',
        '\u{115f}',
        '\u{1160}',
        '\u{3164}',
        '\u{ffa0}',
        '\u{1d159}',
        '\u{13441}',
        '\u{13442}',
    ];
    for space in spaces {
        for name in [format!("a{space}b"), format!("a{space}"), space.to_string()] {
            assert_eq!(unfit(&name), Some(Unfit::Space), "{:04x}", space as u32);
        }
    }
}

#[test]
fn a_nick_has_no_character_that_nobody_sees() {
    let invisible = [
        '\0',
        '\x1b',
        '\x7f',
        '\u{9b}',
        '\u{ad}',
        '\u{200b}',
        '\u{200d}',
        '\u{200f}',
        '\u{202e}',
        '\u{2060}',
        '\u{2066}',
        '\u{feff}',
        '\u{fe0f}',
        '\u{180e}',
        '\u{34f}',
        '\u{e0041}',
    ];
    for letter in invisible {
        let name = format!("alice{letter}");
        assert_eq!(
            unfit(&name),
            Some(Unfit::Invisible),
            "{:04x}",
            letter as u32
        );
    }
}

#[test]
fn a_nick_does_not_look_like_what_stands_around_it() {
    for name in ["<alice", "alice>", "[alice", "alice]"] {
        assert_eq!(unfit(name), Some(Unfit::Mark), "{name}");
    }
    assert_eq!(unfit("/alice"), Some(Unfit::Slash));
    assert_eq!(unfit("\u{301}alice"), Some(Unfit::Accent));
    assert_eq!(unfit("You"), Some(Unfit::You));
    assert_eq!(unfit("your"), None);
}

#[test]
fn a_nick_has_no_pile_of_accents() {
    let piled = |count| format!("a{}b", "\u{335}".repeat(count));
    assert_eq!(unfit(&piled(4)), None);
    assert_eq!(unfit(&piled(5)), Some(Unfit::Accent));
}

#[test]
fn other_forms_of_the_marks_are_the_marks() {
    for name in ["＜alice", "alice﹥", "［root", "≮alice", "root］"] {
        assert_eq!(unfit(name), Some(Unfit::Mark), "{name}");
    }
    assert_eq!(unfit("／alice"), Some(Unfit::Slash));
    assert_eq!(unfit("ｙｏｕ"), Some(Unfit::You));
}
