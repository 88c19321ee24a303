use icu_normalizer::DecomposingNormalizer;
use proptest::prelude::*;

use super::Folded;

fn folded(name: &str) -> String {
    Folded::new(name).0
}

#[test]
fn names_are_compared_without_regard_to_case() {
    for (one, other) in [
        ("alice", "ALICE"),
        ("ΟΔΟΣ", "οδος"),
        ("οδοσ", "οδος"),
        ("straße", "STRASSE"),
        ("ẞ", "ss"),
        ("Ꭰ", "ꭰ"), // of Cherokee, small letters become capitals
    ] {
        assert_eq!(Folded::new(one), Folded::new(other), "{one} and {other}");
    }
    assert_ne!(Folded::new("alice"), Folded::new("alicé"));
}

/// As reported to bitchat#214 (accents), KIRAKIRA-Rosales#52 (Hangul) and matrix-spec-proposals#350.
#[test]
fn names_are_compared_without_regard_to_how_they_are_encoded() {
    for (one, other) in [
        ("\u{c5}sa", "A\u{30a}sa"),
        ("\u{212b}sa", "åsa"),
        ("한글", "한글"),
        ("ａｌｉｃｅ", "alice"),
        ("𝒶𝓁𝒾𝒸ℯ", "alice"),
        ("ᴮᴵᴳᴮᴵᴿᴰ", "bigbird"),
        ("ﬁona", "Fiona"),
        ("a\u{323}\u{307}", "a\u{307}\u{323}"),
        ("ᾳ", "ΑΙ"),
    ] {
        assert_eq!(Folded::new(one), Folded::new(other), "{one} and {other}");
    }
}

#[test]
fn characters_that_nobody_sees_make_no_other_name() {
    for hidden in [
        "al\u{200b}ice",
        "\u{feff}alice",
        "alice\u{e0041}",
        "a\u{34f}lice",
    ] {
        assert_eq!(folded(hidden), "alice", "{}", hidden.escape_unicode());
    }
}

#[test]
fn letters_of_other_scripts_that_look_alike_make_other_names() {
    assert_ne!(Folded::new("alice"), Folded::new("\u{430}lice"));
}

/// All characters that there are. Planes 4 to 13 have none, and the last two belong to their users.
fn characters() -> impl Iterator<Item = char> {
    ('\0'..='\u{3ffff}').chain('\u{e0000}'..='\u{e0fff}')
}

#[test]
fn of_every_character_the_folded_form_is_folded() {
    for letter in characters() {
        let once = folded(&letter.to_string());
        assert_eq!(folded(&once), once, "U+{:04X}", letter as u32);
    }
}

#[test]
fn the_forms_of_every_character_are_one() {
    let (canonical, compatible) = (
        DecomposingNormalizer::new_nfd(),
        DecomposingNormalizer::new_nfkd(),
    );
    for letter in characters() {
        let itself = letter.to_string();
        let lower = itself.to_lowercase();
        let forms = [
            &*lower,
            &canonical.normalize(&itself),
            &compatible.normalize(&itself),
        ];
        for form in forms.into_iter().filter(|form| *form != itself) {
            assert_eq!(folded(form), folded(&itself), "U+{:04X}", letter as u32);
        }
    }
}

proptest! {
    #[test]
    fn what_is_folded_stays_so(name in r"\PC{0,8}|[\u{300}-\u{345}ΑΩᾳaAßİı\u{200d}]{0,6}") {
        let once = folded(&name);
        prop_assert_eq!(folded(&once), once);
    }
}
