//! What the doctor says, on whatever machine this is.

use std::process::Command;

use crate::PROGRAM;

#[test]
fn the_doctor_names_the_limit_that_binds_and_what_raises_it() {
    let output = Command::new(PROGRAM)
        .args(["--doctor", "--connections", "1000000", "--sources", "1"])
        .output()
        .unwrap();
    assert!(output.status.success());
    let said = String::from_utf8(output.stdout).unwrap();
    let table = said.lines().skip(1).take_while(|line| !line.is_empty());
    let number = |line: &str| {
        let word = line.split_whitespace().next().unwrap().replace(',', "");
        word.parse::<u64>().unwrap()
    };
    let numbers: Vec<u64> = table.map(number).collect();
    assert!(numbers.len() >= 4 && numbers.is_sorted(), "{said}");
    let stops = said.lines().find(|line| line.starts_with("It stops at "));
    let first = said.lines().nth(1).unwrap().trim();
    let (first, name) = first.split_once("  ").unwrap();
    assert_eq!(
        stops,
        Some(format!("It stops at {first}: {name}.").as_str())
    );
    assert!(said.contains("\nTo raise that: "), "{said}");
}
