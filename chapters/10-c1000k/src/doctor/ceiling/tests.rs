use super::*;

/// A machine of which nothing is known but its descriptors, of which there are plenty.
fn boundless() -> Machine {
    Machine {
        descriptors: (1 << 30, 1 << 30),
        descriptors_at_most: Some(1 << 30),
        files: None,
        ports: None,
        backlog: 4096,
        watches: None,
        tracked: None,
        tcp_pages: None,
        memory: None,
        per_end: None,
    }
}

const REMOTE: Load = Load {
    connections: 1_000_000,
    own_tables: false,
    sources: None,
};

const LOCAL: Load = Load {
    sources: Some(1),
    ..REMOTE
};

fn first(machine: &Machine, load: &Load) -> Ceiling {
    ceilings(machine, load).remove(0)
}

#[test]
fn each_limit_binds_when_it_is_the_lowest() {
    let cases = [
        (
            Machine {
                descriptors: (1024, 20_000),
                ..boundless()
            },
            REMOTE,
            824,
            "ulimit -n 20000",
        ),
        (
            Machine {
                descriptors: (20_000, 20_000),
                ..boundless()
            },
            REMOTE,
            19_800,
            "prlimit",
        ),
        (
            Machine {
                descriptors_at_most: Some(10_200),
                ..boundless()
            },
            REMOTE,
            10_000,
            "fs.nr_open",
        ),
        (
            Machine {
                files: Some(9_000),
                ..boundless()
            },
            REMOTE,
            9_000,
            "fs.file-max",
        ),
        (
            Machine {
                ports: Some(28_232),
                ..boundless()
            },
            LOCAL,
            28_232,
            "ip_local_port_range",
        ),
        (
            Machine {
                ports: Some(64_512),
                ..boundless()
            },
            LOCAL,
            64_512,
            "--sources",
        ),
        (
            Machine {
                watches: Some(50_000),
                ..boundless()
            },
            REMOTE,
            50_000,
            "max_user_watches",
        ),
        (
            Machine {
                tracked: Some(65_536),
                ..boundless()
            },
            REMOTE,
            65_536,
            "nf_conntrack_max",
        ),
        (
            Machine {
                memory: Some(8 << 20),
                per_end: Some(2048),
                ..boundless()
            },
            REMOTE,
            4096,
            "more memory",
        ),
    ];
    for (machine, load, connections, raise) in cases {
        let found = first(&machine, &load);
        assert_eq!(found.connections, connections, "{found:?}");
        assert!(found.raise.contains(raise), "{found:?}");
    }
}

#[test]
fn with_both_ends_here_a_connection_is_two_files_two_watches_and_two_sockets() {
    let machine = Machine {
        files: Some(10_000),
        watches: Some(20_000),
        memory: Some(60 << 20),
        per_end: Some(1 << 10),
        ..boundless()
    };
    let found: Vec<_> = ceilings(&machine, &LOCAL)
        .iter()
        .map(|ceiling| ceiling.connections)
        .collect();
    assert_eq!(found[..3], [5_000, 10_000, 30_720]);
}

#[test]
fn ports_bound_only_those_who_connect_from_here_and_each_address_has_its_own() {
    let machine = Machine {
        ports: Some(28_232),
        ..boundless()
    };
    let names = |load| {
        let all = ceilings(&machine, &load);
        all.iter()
            .any(|ceiling| ceiling.name.contains("local ports"))
    };
    assert!(!names(REMOTE));
    let load = Load {
        sources: Some(40),
        ..LOCAL
    };
    assert_eq!(first(&machine, &load).connections, 40 * 28_232);
}

#[test]
fn tables_of_their_own_lift_the_limit_on_descriptors() {
    let machine = Machine {
        descriptors: (1024, 20_000),
        descriptors_at_most: Some(1 << 20),
        ..boundless()
    };
    let load = Load {
        own_tables: true,
        ..REMOTE
    };
    assert!(first(&machine, &load).connections >= 1_000_000);
}

#[test]
fn thousands_are_told_apart() {
    let cases = [
        (0, "0"),
        (999, "999"),
        (1_000, "1,000"),
        (1_234_567, "1,234,567"),
    ];
    for (number, text) in cases {
        assert_eq!(grouped(number), text);
    }
}
