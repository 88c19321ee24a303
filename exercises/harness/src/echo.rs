//! The line echo's test suites, which the servers of chapters 01 to 05 share.
//!
//! The rules: a line ends in LF and goes back byte for byte. `quit` is answered `goodbye` and
//! closed. More than 65,536 bytes without LF are answered `line too long` and closed. An unfinished
//! last line goes back at end of file. What one client does harms no other.
//!
//! Each suite is a macro that makes a module of tests; each test is a function here, which a
//! chapter can also call by itself:
//!
//! | macro | functions | the server must |
//! | --- | --- | --- |
//! | [`line_echo_suite!`](crate::line_echo_suite) | [`lines`], [`endings`] | serve one client after the other |
//! | [`line_echo_concurrent_suite!`](crate::line_echo_concurrent_suite) | [`many_clients`] | serve several at once |
//! | [`line_echo_idle_suite!`](crate::line_echo_idle_suite) | [`idle`] | sleep while nothing happens |
//! | [`line_echo_slow_reader_suite!`](crate::line_echo_slow_reader_suite) | [`slow_reader`] | wait for one reader and serve the others |
//! | [`line_echo_streams_suite!`](crate::line_echo_streams_suite) | `streams` | miss nothing, whatever the lines, pieces and paces are |

pub mod descriptors;
pub mod endings;
pub mod idle;
pub mod lines;
pub mod many_clients;
pub mod slow_reader;
#[cfg(feature = "made-up")]
pub mod streams;

/// The longest line, in bytes without its LF.
pub const MAX_LINE: usize = 65_536;

/// Where the book explains the rules of the line echo.
const RULES: &str = "01-blocking.html#read-the-code";
/// Where the book says what one client may do to another.
const TOGETHER: &str = "01-blocking.html#what-is-still-wrong";

/// Lines of all lengths from 0 to 99, `size` bytes or a little more in all.
fn many_lines(size: usize) -> Vec<u8> {
    let lines: Vec<u8> = (0..100)
        .zip((b'a'..=b'z').cycle())
        .flat_map(|(length, letter)| [vec![letter; length], b"\n".to_vec()].concat())
        .collect();
    lines.repeat(size.div_ceil(lines.len()))
}

/// Makes a module `$name` of tests for what one client at a time may expect of a line echo.
///
/// `$start` is an expression that makes a fresh [`Server`](crate::Server); each test evaluates it.
///
/// ```text
/// harness::line_echo_suite!(one_client, Server::spawn(env!("CARGO_BIN_EXE_ch01-blocking"), &[]));
/// ```
#[macro_export]
macro_rules! line_echo_suite {
    ($name:ident, $start:expr) => {
        $crate::echo_tests! { $name, $start,
            lines::a_line_comes_back,
            lines::half_a_line_waits_for_its_end,
            lines::a_line_sent_byte_by_byte_comes_back,
            lines::lines_cut_anywhere_come_back,
            lines::any_byte_may_stand_in_a_line,
            lines::what_only_resembles_quit_is_a_line,
            lines::pipelined_lines_come_back_in_order,
            lines::a_mebibyte_of_lines_comes_back,
            lines::the_longest_line_comes_back,
            lines::a_long_line_is_refused,
            lines::a_long_line_is_refused_even_with_its_end,
            lines::lines_before_a_refused_one_are_answered,
            lines::a_refusal_survives_a_flood,
            endings::quit_is_answered_and_ends,
            endings::quit_with_carriage_return_ends_too,
            endings::lines_before_quit_are_answered_and_later_ones_are_not,
            endings::goodbye_survives_a_flood,
            endings::an_unfinished_last_line_comes_back,
            endings::an_unfinished_quit_is_a_last_line,
            endings::an_empty_connection_is_closed,
            endings::a_client_that_has_finished_sending_still_gets_all,
            endings::clients_in_turn_leave_no_descriptor_behind,
            endings::a_reset_at_once_harms_no_other,
            endings::a_reset_in_mid_line_harms_no_other,
            endings::a_client_that_resets_during_its_answer_harms_no_other,
            endings::a_client_that_vanishes_after_its_end_harms_no_other,
        }
    };
}

/// Makes a module `$name` of tests for a line echo that serves several clients at once.
///
/// `$start` is an expression that makes a fresh [`Server`](crate::Server); each test evaluates it.
#[macro_export]
macro_rules! line_echo_concurrent_suite {
    ($name:ident, $start:expr) => {
        $crate::echo_tests! { $name, $start,
            many_clients::an_idle_client_delays_nobody,
            many_clients::a_client_in_mid_line_delays_nobody,
            many_clients::half_lines_of_two_clients_stay_apart,
            many_clients::a_quit_ends_one_connection_only,
            many_clients::a_thousand_clients_get_their_own_lines,
            many_clients::a_hundred_resets_harm_no_other,
        }
    };
}

/// Makes a module `$name` of tests for a line echo that uses (next to) no CPU time while it waits.
///
/// `$start` is an expression that makes a fresh [`Server`](crate::Server); each test evaluates it.
#[macro_export]
macro_rules! line_echo_idle_suite {
    ($name:ident, $start:expr) => {
        $crate::echo_tests! { $name, $start,
            idle::a_server_without_clients_sleeps,
            idle::a_server_with_idle_clients_sleeps,
            idle::a_server_sleeps_after_its_clients_have_left,
        }
    };
}

/// Makes a module `$name` of tests for a line echo one of whose clients sends and never reads.
///
/// `$start` is an expression that makes a fresh [`Server`](crate::Server); each test evaluates it.
#[macro_export]
macro_rules! line_echo_slow_reader_suite {
    ($name:ident, $start:expr) => {
        $crate::echo_tests! { $name, $start,
            slow_reader::a_client_that_never_reads_delays_nobody,
            slow_reader::a_server_sleeps_while_a_client_does_not_read,
            slow_reader::a_client_that_reads_late_gets_all,
        }
    };
}

/// Makes a module `$name` of tests for a line echo that is sent lines of any length in any pieces and at
/// any pace. It needs the feature `made-up`.
///
/// `$start` is an expression that makes a fresh [`Server`](crate::Server); each test evaluates it.
#[macro_export]
macro_rules! line_echo_streams_suite {
    ($name:ident, $start:expr) => {
        $crate::echo_tests! { $name, $start,
            streams::lines_come_back_at_any_pace,
            streams::twenty_thousand_lines_come_back_whole_in_pieces_and_through_a_narrow_window,
        }
    };
}

/// Makes a module of tests out of functions of [`echo`](crate::echo).
#[doc(hidden)]
#[macro_export]
macro_rules! echo_tests {
    ($name:ident, $start:expr, $($part:ident::$test:ident,)+) => {
        mod $name {
            #[allow(unused_imports, reason = "for the expression that starts the server")]
            use super::*;

            $(
                #[test]
                fn $test() {
                    $crate::echo::$part::$test(&$start);
                }
            )+
        }
    };
}
