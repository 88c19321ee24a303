//! What the authors declare: mutants of the chapters and wrong answers to the exercises, and who
//! must catch them.
//!
//! Both are an array of tables in a TOML file, each table with a name and the edits that make it out
//! of a file that is there: a text that occurs in it once, and what replaces it.
//!
//! Nothing here stops at the first mistake. What is wrong is noted in [`Problems`], so that
//! after a change of a chapter one run names all the declarations that have to follow.

mod answer;
mod edit;
mod entries;
mod mutant;
mod problems;

pub use answer::{WrongAnswer, wrong_answers};
pub use mutant::{Mutant, chapters_with_mutants, mutants};
pub use problems::Problems;
