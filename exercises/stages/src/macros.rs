//! Each stage as a macro, which makes the modules of its tests for one [`Subject`](crate::Subject).

/// Makes a module of tests out of functions that take a subject.
#[doc(hidden)]
#[macro_export]
macro_rules! tests {
    ($name:ident, $subject:expr, $($part:ident)::+, [$($test:ident,)+]) => {
        mod $name {
            #[allow(unused_imports, reason = "for the expression that is the subject")]
            use super::*;
            use $crate::$($part)::+ as suite;

            $(
                #[test]
                fn $test() {
                    suite::$test(&$subject);
                }
            )+
        }
    };
}

/// Stage 01: a line echo for one client after the other.
#[macro_export]
macro_rules! stage_01 {
    ($subject:expr) => {
        $crate::harness::line_echo_suite!(one_client, $subject.start(&[]));
    };
}

/// Stage 02: for many clients in one thread, which sleeps in epoll.
#[macro_export]
macro_rules! stage_02 {
    ($subject:expr) => {
        $crate::harness::line_echo_suite!(one_client, $subject.start(&[]));
        $crate::harness::line_echo_concurrent_suite!(many_clients, $subject.start(&[]));
        $crate::harness::line_echo_idle_suite!(idle, $subject.start(&[]));
        $crate::tests!(
            one_thread,
            $subject,
            epoll,
            [
                one_thread_serves_all_clients,
                epoll_watches_the_listener_and_each_client,
                a_client_that_has_left_is_watched_no_more,
                nothing_wakes_a_server_while_nothing_happens,
                a_server_that_was_stopped_goes_on,
                without_a_free_descriptor_it_sleeps_and_serves_those_that_wait_later,
            ]
        );
    };
}

/// Stage 03: edge-triggered, and no client holds up another.
#[macro_export]
macro_rules! stage_03 {
    ($subject:expr) => {
        $crate::stage_02!($subject);
        $crate::harness::line_echo_slow_reader_suite!(slow_reader, $subject.start(&[]));
        $crate::tests!(
            edges,
            $subject,
            edges,
            [
                each_client_is_watched_edge_triggered,
                one_edge_may_stand_for_many_clients,
                one_edge_may_stand_for_more_bytes_than_a_read_takes,
                one_edge_may_stand_for_data_and_the_end,
                a_slow_reader_that_has_caught_up_is_served_on,
                a_modest_client_is_answered_beside_floods,
                clients_that_never_read_cost_little_memory,
            ]
        );
    };
}

/// Stage 04: several workers at one epoll.
#[macro_export]
macro_rules! stage_04 {
    ($subject:expr) => {
        $crate::harness::line_echo_suite!(one_client, $subject.start(&[]));
        $crate::harness::line_echo_concurrent_suite!(many_clients, $subject.start(&[]));
        $crate::harness::line_echo_idle_suite!(idle, $subject.start(&[]));
        $crate::harness::line_echo_slow_reader_suite!(slow_reader, $subject.start(&[]));
        $crate::tests!(
            workers,
            $subject,
            workers,
            [
                there_are_as_many_workers_as_were_asked_for,
                each_client_is_watched_for_one_event,
                lines_of_a_flood_stay_in_order,
                floods_of_many_clients_stay_in_order,
                what_arrives_during_a_turn_stays_in_order,
                none_of_many_short_connections_is_stranded,
                all_workers_stop_at_a_signal,
            ]
        );
    };
}

/// Stage 05: an event loop that goes down gracefully.
#[macro_export]
macro_rules! stage_05 {
    ($subject:expr) => {
        $crate::stage_03!($subject);
        $crate::tests!(
            stopping,
            $subject,
            stopping,
            [
                a_signal_ends_it_with_exit_code_0,
                what_it_has_taken_is_answered_before_the_end,
                no_client_gets_in_once_it_stops,
                it_sleeps_while_a_slow_reader_drains,
                a_client_that_never_reads_holds_it_up_no_longer_than_the_grace,
            ]
        );
    };
}

/// Stage 06: HTTP/1.1 for files and for an echo.
#[macro_export]
macro_rules! stage_06 {
    ($subject:expr) => {
        $crate::tests!(
            files,
            $subject,
            http::files,
            [
                a_file_is_sent_with_its_length,
                a_file_of_many_bytes_is_sent_whole,
                head_gets_the_head_alone,
                a_file_that_is_not_there_is_404,
                no_path_leads_out_of_the_root,
                a_file_can_not_be_posted_to,
            ]
        );
        $crate::tests!(
            bodies,
            $subject,
            http::bodies,
            [
                a_body_with_a_length_comes_back,
                a_body_in_chunks_comes_back,
                any_byte_may_stand_in_a_body,
                a_body_that_nothing_wants_is_not_a_request,
                a_body_that_is_too_long_is_refused,
                a_client_that_expects_100_is_told_to_continue,
            ]
        );
        $crate::tests!(
            connections,
            $subject,
            http::connections,
            [
                a_connection_serves_several_requests,
                it_ends_when_the_client_asks_for_that,
                http_1_0_ends_after_one_answer,
                a_client_that_has_finished_sending_gets_its_answer,
                pipelined_requests_are_answered_in_their_order,
                requests_cut_anywhere_get_the_same_answers,
                requests_sent_byte_by_byte_get_the_same_answers,
            ]
        );
        $crate::tests!(
            refusals,
            $subject,
            http::refusals,
            [
                what_is_no_request_is_400_and_ends_the_connection,
                a_request_whose_length_is_unclear_is_refused,
                a_head_without_end_is_refused,
                a_refusal_survives_a_flood,
            ]
        );
        $crate::tests!(
            clients,
            $subject,
            http::clients,
            [
                an_idle_client_delays_no_other,
                resets_harm_no_other,
                clients_leave_no_descriptor_behind,
                a_client_that_does_not_read_is_read_no_further,
                a_large_file_reaches_a_slow_reader_whole,
                nothing_wakes_it_while_nothing_happens,
                a_signal_ends_it_with_exit_code_0,
            ]
        );
    };
}

/// Stage 07: WebSocket at `/ws`.
#[macro_export]
macro_rules! stage_07 {
    ($subject:expr) => {
        $crate::tests!(
            handshake,
            $subject,
            websocket::handshake,
            [
                a_handshake_is_accepted_with_the_right_key,
                a_handshake_may_come_byte_by_byte,
                frames_right_after_the_handshake_are_not_lost,
                a_handshake_that_is_wrong_is_told_why,
                a_page_of_another_site_is_refused,
                http_is_spoken_until_then,
            ]
        );
        $crate::tests!(
            messages,
            $subject,
            websocket::messages,
            [
                a_text_comes_back,
                messages_of_each_form_of_length_come_back,
                frames_may_come_byte_by_byte,
                a_ping_is_answered_with_its_payload,
                a_pong_that_was_not_asked_for_is_ignored,
                fragments_come_back_as_one_message,
                a_ping_between_fragments_is_answered_first,
                many_messages_at_once_come_back_in_order,
            ]
        );
        $crate::tests!(
            closing,
            $subject,
            websocket::closing,
            [
                a_close_is_answered_and_ends_the_connection,
                what_follows_a_close_is_ignored,
                a_frame_that_breaks_the_protocol_is_1002,
                a_text_that_is_not_utf_8_is_1007,
                a_message_that_is_too_long_is_1009,
                a_close_survives_a_flood,
                a_client_that_leaves_without_a_close_harms_no_other,
                clients_leave_no_descriptor_behind,
                a_client_that_does_not_read_is_read_no_further,
                a_server_that_stops_says_1001,
            ]
        );
    };
}

/// Stage 08: a chat room.
#[macro_export]
macro_rules! stage_08 {
    ($subject:expr) => {
        $crate::tests!(
            talk,
            $subject,
            chat::talk,
            [
                a_newcomer_is_welcomed_and_the_others_are_told,
                what_one_says_all_hear,
                a_name_can_be_changed_and_belongs_to_one_member,
                a_private_message_reaches_one_member,
                who_says_who_is_here,
                what_can_not_be_done_is_told_to_its_sender_alone,
            ]
        );
        $crate::tests!(
            lines,
            $subject,
            chat::lines,
            [
                lines_may_come_in_any_pieces,
                a_line_that_is_too_long_is_refused_and_the_next_one_is_heard,
                a_last_line_without_an_end_is_heard,
            ]
        );
        $crate::tests!(
            endings,
            $subject,
            chat::endings,
            [
                a_member_that_quits_is_told_goodbye_and_has_left,
                a_member_whose_connection_is_reset_has_left,
                many_may_leave_while_one_speaks,
                members_leave_no_descriptor_behind,
                a_server_that_stops_says_goodbye,
            ]
        );
        $crate::tests!(
            crowd,
            $subject,
            chat::crowd,
            [
                all_hear_the_same_order,
                a_member_that_does_not_read_is_put_out_and_delays_no_other,
                nothing_wakes_it_soon_while_nothing_happens,
            ]
        );
        $crate::tests!(
            pages,
            $subject,
            chat::pages,
            [
                a_page_hears_what_is_said_at_the_line_port,
                what_a_page_says_is_heard_at_the_line_port,
                a_page_that_goes_has_left,
            ]
        );
    };
}
