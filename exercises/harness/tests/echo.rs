//! The line echo's suites: a right server passes them, and each flaw is caught.

mod flawed;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use flawed::Flaw;
use harness::Server;
use harness::echo::{endings, idle, lines, many_clients, slow_reader};

fn server(flaw: Flaw) -> Server {
    Server::answer(move |listener| flawed::serve(&listener, flaw))
}

mod a_right_server {
    harness::line_echo_suite!(one_client, server(Flaw::None));
    harness::line_echo_concurrent_suite!(many_clients, server(Flaw::None));
    harness::line_echo_idle_suite!(idle, server(Flaw::None));
    harness::line_echo_slow_reader_suite!(slow_reader, server(Flaw::None));

    use super::{Flaw, server};
}

/// Makes a test that `$check` fails for a server with `$flaw`, and says `$words`.
macro_rules! caught {
    ($($name:ident: $flaw:ident by $check:path, $words:expr;)+) => {
        $(
            #[test]
            fn $name() {
                let server = server(Flaw::$flaw).with_deadline(Duration::from_secs(1));
                let caught = catch_unwind(AssertUnwindSafe(|| $check(&server)));
                let verdict = caught.expect_err("it should have failed");
                let verdict = verdict.downcast::<String>().expect("a verdict is a text");
                let joined = verdict.split_whitespace().collect::<Vec<_>>().join(" ");
                assert!(joined.contains($words), "it doesn't say {:?}:\n{verdict}", $words);
                assert!(joined.contains("it means "), "it teaches nothing:\n{verdict}");
            }
        )+
    };
}

caught! {
    half_answers_are_caught: AnswersHalfLines by lines::half_a_line_waits_for_its_end,
        "expected nothing for 30 ms received \"hel\" (3 bytes)";
    one_line_per_read_is_caught: AnswersOneLinePerRead by lines::pipelined_lines_come_back_in_order,
        "then silence";
    reads_taken_for_lines_are_caught: TakesReadsForLines by lines::a_line_sent_byte_by_byte_comes_back,
        "a read may bring a single one";
    reads_taken_for_lines_are_caught_by_cuts: TakesReadsForLines by lines::lines_cut_anywhere_come_back,
        "in 2 pieces";
    dropped_carriage_returns_are_caught: DropsCarriageReturns by lines::any_byte_may_stand_in_a_line,
        "byte 12: expected 0d '\\r', received 0e '\\x0e'";
    replaced_bytes_are_caught: ReplacesInvalidUtf8 by lines::any_byte_may_stand_in_a_line,
        "expected 80 '\\x80', received ef '\\xef'";
    any_quit_is_caught: TakesAnyQuit by lines::what_only_resembles_quit_is_a_line,
        "expected \"quits\\n\" received \"goodbye\\n\"";
    a_missing_limit_is_caught: KnowsNoLimit by lines::a_long_line_is_refused,
        "received nothing within 1 s";
    a_limit_one_byte_early_is_caught: LimitsOneByteTooEarly by lines::the_longest_line_comes_back,
        "received \"line too long\\n\"";
    a_limit_for_unfinished_lines_is_caught: LimitsOnlyUnfinishedLines
        by lines::a_long_line_is_refused_even_with_its_end, "even if its LF is there";
    forgotten_lines_are_caught: ForgetsLinesBeforeRefusal by lines::lines_before_a_refused_one_are_answered,
        "received \"line too long";
    a_destroyed_refusal_is_caught: ClosesWithUnreadInput by lines::a_refusal_survives_a_flood,
        "the connection was reset";
    a_destroyed_goodbye_is_caught: ClosesWithUnreadInput by endings::goodbye_survives_a_flood,
        "the connection was reset";
    a_missing_goodbye_is_caught: SaysNoGoodbye by endings::quit_is_answered_and_ends,
        "received nothing, then the connection ended";
    a_bare_quit_is_caught: WantsBareQuit by endings::quit_with_carriage_return_ends_too,
        "expected \"goodbye\\n\" received \"quit\\r\\n\"";
    answers_after_quit_are_caught: AnswersAfterQuit
        by endings::lines_before_quit_are_answered_and_later_ones_are_not,
        "expected the end of the connection received \"three\\nfo\"";
    a_dropped_last_line_is_caught: DropsTheLastLine by endings::an_unfinished_last_line_comes_back,
        "ended 3 bytes early";
    a_last_quit_is_caught: TakesLastQuit by endings::an_unfinished_quit_is_a_last_line,
        "received \"goodbye\\n\"";
    kept_connections_are_caught: KeepsConnections by endings::an_empty_connection_is_closed,
        "received nothing within 1 s";
    leaked_descriptors_are_caught: LeaksDescriptors by endings::clients_in_turn_leave_no_descriptor_behind,
        "after 20 clients have left";
    a_lost_rest_is_caught: WritesOnlyOnce by slow_reader::a_client_that_reads_late_gets_all,
        "What the socket doesn't take now has to be kept";
    one_client_at_a_time_is_caught_beside_a_slow_one: ServesOneAtATime
        by slow_reader::a_client_that_never_reads_delays_nobody, "meanwhile this client waits";
    errors_that_end_the_server_are_caught: EndsOnErrors by endings::a_reset_in_mid_line_harms_no_other,
        "the server has ended (exit code 1)";
    write_errors_that_end_the_server_are_caught: EndsOnErrors
        by endings::a_client_that_resets_during_its_answer_harms_no_other,
        "the server has ended (exit code 1)";
    broken_pipes_that_end_the_server_are_caught: EndsOnErrors
        by endings::a_client_that_vanishes_after_its_end_harms_no_other,
        "the server has ended (exit code 1)";
    a_quit_that_ends_the_server_is_caught: EndsAtQuit by many_clients::a_quit_ends_one_connection_only,
        "the server has ended (exit code 0)";
    one_client_at_a_time_is_caught: ServesOneAtATime by many_clients::an_idle_client_delays_nobody,
        "nothing within 1 s";
    one_client_at_a_time_is_caught_in_mid_line: ServesOneAtATime
        by many_clients::a_client_in_mid_line_delays_nobody, "meanwhile this client waits";
    a_shared_buffer_is_caught: SharesItsBuffer by many_clients::half_lines_of_two_clients_stay_apart,
        "expected \"first\\n\" received \"firsecst\\n\"";
    a_shared_buffer_is_caught_after_resets: SharesItsBuffer by many_clients::a_hundred_resets_harm_no_other,
        "starts afresh";
    spinning_is_caught: Spins by idle::a_server_with_idle_clients_sleeps,
        "ms of CPU time in 1 s";
}
