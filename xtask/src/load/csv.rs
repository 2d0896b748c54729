//! CSV as Artillery reads it (csv-parse): quotes around a field, doubled inside it, empty lines
//! skipped, nothing trimmed, a byte order mark kept.
//!
//! Nothing is refused here: what is odd is noted, for `lint` to tell.

/// A file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Table {
    pub(super) rows: Vec<Row>,
    pub(super) oddities: Vec<(usize, Oddity)>,
}

/// One record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    /// Where it begins, counted from 1.
    pub(super) line: usize,
    pub(super) cells: Vec<String>,
}

/// What makes a file mean something else than it seems to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Oddity {
    ByteOrderMark,
    /// Lines end in CR LF.
    CarriageReturn,
    /// A quote in the middle of a field, or something after the one that closes it.
    StrayQuote,
    /// A quote that nothing closes.
    OpenQuote,
    /// A space at the begin or the end of a field.
    Space,
}

/// The mark that some editors begin a file with.
const BYTE_ORDER_MARK: char = '\u{feff}';

impl Table {
    pub(super) fn parse(text: &str, delimiter: char) -> Self {
        let mut reader = Reader { left: text, delimiter, line: 1, table: Self::default() };
        if text.starts_with(BYTE_ORDER_MARK) {
            reader.note(Oddity::ByteOrderMark);
        }
        while !reader.left.is_empty() {
            reader.row();
        }
        reader.table
    }
}

struct Reader<'a> {
    left: &'a str,
    delimiter: char,
    line: usize,
    table: Table,
}

/// What came after a field.
#[derive(PartialEq, Eq)]
enum After {
    Delimiter,
    LineEnd,
}

impl Reader<'_> {
    fn row(&mut self) {
        let line = self.line;
        let mut cells = Vec::new();
        loop {
            let (cell, after) = self.cell();
            cells.push(cell);
            if after == After::LineEnd {
                break;
            }
        }
        self.line += 1;
        if cells.iter().any(|cell| !cell.is_empty()) || cells.len() > 1 {
            self.table.rows.push(Row { line, cells });
        }
    }

    fn cell(&mut self) -> (String, After) {
        let cell = match self.left.strip_prefix('"') {
            Some(inside) => {
                self.left = inside;
                self.quoted()
            }
            None => String::new(),
        };
        let (rest, after) = self.until_end();
        let cell = cell + &rest;
        if cell.starts_with([' ', '\t']) || cell.ends_with([' ', '\t']) {
            self.note(Oddity::Space);
        }
        (cell, after)
    }

    /// Up to the quote that closes it; a doubled one is one in the field.
    fn quoted(&mut self) -> String {
        let mut cell = String::new();
        while let Some((before, after)) = self.left.split_once('"') {
            cell.push_str(before);
            self.line += before.matches('\n').count();
            self.left = after;
            let Some(rest) = after.strip_prefix('"') else {
                let ends = [self.delimiter, '\r', '\n'];
                if !after.is_empty() && !after.starts_with(ends) {
                    self.note(Oddity::StrayQuote);
                }
                return cell;
            };
            cell.push('"');
            self.left = rest;
        }
        self.note(Oddity::OpenQuote);
        self.line += self.left.matches('\n').count();
        cell.push_str(self.left);
        self.left = "";
        cell
    }

    /// What is left of a field, as it stands there.
    fn until_end(&mut self) -> (String, After) {
        let end = self.left.find([self.delimiter, '\n']).unwrap_or(self.left.len());
        let (cell, rest) = self.left.split_at(end);
        let (after, ends_line) = match rest.strip_prefix('\n') {
            Some(rest) => (rest, true),
            None => (rest.strip_prefix(self.delimiter).unwrap_or(rest), rest.is_empty()),
        };
        self.left = after;
        if !ends_line {
            return (self.bare(cell), After::Delimiter);
        }
        let bare = cell.strip_suffix('\r');
        if bare.is_some() {
            self.note(Oddity::CarriageReturn);
        }
        (self.bare(bare.unwrap_or(cell)), After::LineEnd)
    }

    fn bare(&mut self, cell: &str) -> String {
        if cell.contains('"') {
            self.note(Oddity::StrayQuote);
        }
        cell.to_owned()
    }

    /// Each kind once in a line, and carriage returns once in a file.
    fn note(&mut self, oddity: Oddity) {
        let noted = (self.line, oddity);
        let seen = |(_, other): &(usize, Oddity)| *other == oddity;
        let once = oddity == Oddity::CarriageReturn && self.table.oddities.iter().any(seen);
        if !once && self.table.oddities.last() != Some(&noted) {
            self.table.oddities.push(noted);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Oddity, Table};

    fn cells(text: &str) -> Vec<Vec<String>> {
        Table::parse(text, ',').rows.into_iter().map(|row| row.cells).collect()
    }

    #[test]
    fn fields_are_read_as_artillery_reads_them() {
        assert_eq!(cells("a,b\nc,d\n"), [["a", "b"], ["c", "d"]]);
        assert_eq!(cells("a,\"b,\"\"c\"\"\nd\""), [["a", "b,\"c\"\nd"]]);
        assert_eq!(cells("a\n\n\nb\n"), [["a"], ["b"]]);
        assert_eq!(cells("a,\r\n,b\r\n"), [["a", ""], ["", "b"]]);
        assert_eq!(Table::parse("a;b", ';').rows[0].cells, ["a", "b"]);
        assert_eq!(cells(""), Vec::<Vec<String>>::new());
    }

    #[test]
    fn a_row_knows_its_line() {
        let table = Table::parse("a\n\"b\nb\"\n\nc\n", ',');

        let lines: Vec<_> = table.rows.iter().map(|row| row.line).collect();
        assert_eq!(lines, [1, 2, 5]);
    }

    #[test]
    fn what_is_odd_is_noted() {
        for (text, oddities) in [
            ("a,b\nc,d\n", vec![]),
            ("\u{feff}a,b\n", vec![(1, Oddity::ByteOrderMark)]),
            ("a\r\nb\r\n", vec![(1, Oddity::CarriageReturn)]),
            ("a\nb\"c,\"d\"e\n", vec![(2, Oddity::StrayQuote)]),
            ("a\n\"b\n", vec![(2, Oddity::OpenQuote)]),
            ("a\n b,c \n", vec![(2, Oddity::Space)]),
        ] {
            let noted = Table::parse(text, ',').oddities;

            assert_eq!(noted, oddities, "{text:?}");
        }
    }

    fn written(rows: &[Vec<String>]) -> String {
        let quoted = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
        let row = |row: &Vec<String>| row.iter().map(quoted).collect::<Vec<_>>().join(",") + "\n";
        rows.iter().map(row).collect()
    }

    proptest! {
        #[test]
        fn what_was_written_with_quotes_is_read_again(
            rows in prop::collection::vec(prop::collection::vec("[a-z\", \n\rก-๙]{0,8}", 2..4), 0..5)
        ) {
            let table = Table::parse(&written(&rows), ',');

            let read: Vec<_> = table.rows.into_iter().map(|row| row.cells).collect();
            prop_assert_eq!(read, rows);
        }

        #[test]
        fn no_text_makes_it_panic(text in "[a-z\",;\r\n \u{feff}]{0,60}") {
            let lines = text.lines().count();
            for row in Table::parse(&text, ';').rows {
                prop_assert!(row.line <= lines.max(1));
            }
        }
    }
}
