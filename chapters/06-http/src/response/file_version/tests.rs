use super::*;

#[test]
fn a_file_that_has_just_changed_is_not_known_by_its_version() {
    // A directory of the source: its metadata is as good as any.
    let metadata = std::fs::metadata(env!("CARGO_MANIFEST_DIR")).unwrap();
    let changed = metadata.ctime().cast_unsigned();
    assert_eq!(FileVersion::settled(&metadata, changed - 1), None);
    assert_eq!(FileVersion::settled(&metadata, changed), None);
    assert_eq!(FileVersion::settled(&metadata, changed + 1), None);
    let version = FileVersion::of(&metadata);
    assert_eq!(FileVersion::settled(&metadata, changed + 2), Some(version));
}
