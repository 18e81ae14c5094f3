use boltbin::journal::Journal;

#[test]
fn notes_lines() {
    let mut to = Vec::new();
    let mut journal = Journal::new(&mut to);
    journal.note("took 3 M8").unwrap();
    journal.note("put 10 M6").unwrap();
    assert_eq!(journal.close(), 2);
    assert_eq!(String::from_utf8(to).unwrap(), "took 3 M8\nput 10 M6\n");
}
