use iniq::{flag, parse, size_of, Document};

const TEXT: &str = "\
# main
name = demo

[server]
port=8080
host = example.org ; the public one
limit = 10k

[log]
verbose = yes
prefix = \"  > \"
";

fn doc() -> Document {
    TEXT.parse().unwrap()
}

#[test]
fn reads_values() {
    assert_eq!(doc().get("", "name"), Some("demo"));
    assert_eq!(doc().get("server", "port"), Some("8080"));
    assert_eq!(doc().get("server", "name"), None);
}

#[test]
fn comments_end_a_value() {
    assert_eq!(doc().get("server", "host"), Some("example.org"));
}

#[test]
fn quotes_keep_blanks() {
    assert_eq!(doc().get("log", "prefix"), Some("  > "));
}

#[test]
fn typed_values() {
    assert_eq!(size_of(&doc(), "server", "limit"), Some(10240));
    assert_eq!(flag(&doc(), "log", "verbose"), Some(true));
    assert_eq!(flag(&doc(), "log", "none"), None);
}

#[test]
fn last_value_wins() {
    assert_eq!(parse("a=1\na=2").unwrap().get("", "a"), Some("2"));
}

#[test]
fn errors_name_the_line() {
    assert_eq!(parse("a=1\nb").unwrap_err(), "line 2: no = in \"b\"");
    assert_eq!(parse("[a").unwrap_err(), "line 1: section without ]");
    assert_eq!(parse("=1").unwrap_err(), "line 1: no key");
}

#[test]
#[ignore = "#17: not supported yet"]
fn backslash_continues_a_value() {
    let doc = parse("path = a:\\\n  b:\\\n  c\nnext = 1\n[s]\nx = 2").unwrap();
    assert_eq!(doc.get("", "path"), Some("a:b:c"));
    assert_eq!(doc.get("", "next"), Some("1"));
    assert_eq!(doc.get("s", "x"), Some("2"));
    assert!(parse("a = 1\nb").unwrap_err().starts_with("line 2"));
    assert!(parse("a = 1\\\n2\nb").unwrap_err().starts_with("line 3"));
}

#[test]
fn writes_sections() {
    let doc = parse("a=1\n[s]\nb=2\nc=3").unwrap();
    assert_eq!(doc.to_string(), "a = 1\n\n[s]\nb = 2\nc = 3\n");
}

#[test]
fn writes_quotes_where_needed() {
    let mut doc = parse("a=1").unwrap();
    doc.sections[0].entries[0].1 = " x;y".to_string();
    assert_eq!(doc.to_string(), "a = \" x;y\"\n");
}

#[test]
fn what_is_written_can_be_read() {
    assert_eq!(doc().to_string().parse::<Document>().unwrap(), doc());
}

#[test]
fn a_big_file() {
    let mut text = String::new();
    for i in 0..400_000 {
        text += &format!("[section {i}]\nkey = {i}\n");
    }
    let doc = parse(&text).unwrap();
    assert_eq!(doc.get("section 399999", "key"), Some("399999"));
    assert_eq!(doc.to_string().parse::<Document>().unwrap(), doc);
}
