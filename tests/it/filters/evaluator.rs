//! Evaluates the part of Milvus' expression language that the tests use: comparisons of `n` and `t`, `in`, `like`, `and`,
//! `or`, `not` and parentheses.

use super::Item;

/// Whether the filter selects the row. Panics if the text is not an expression.
pub(super) fn selects(text: &str, item: &Item) -> bool {
    let tokens = tokens(text);
    let mut parser = Parser {
        tokens: &tokens,
        item,
    };
    let selected = parser.any();
    assert!(
        parser.tokens.is_empty(),
        "{:?} is left of {text}",
        parser.tokens
    );
    selected
}

#[derive(Debug, Clone, PartialEq, PartialOrd)]
enum Token {
    Word(String),
    Number(i64),
    Text(String),
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut letters = text.chars().peekable();
    while let Some(first) = letters.next() {
        let mut word = String::from(first);
        match first {
            ' ' => continue,
            '"' | '\'' => {
                word.clear();
                loop {
                    match letters.next().unwrap() {
                        '\\' => word.push(letters.next().unwrap()),
                        letter if letter == first => break,
                        letter => word.push(letter),
                    }
                }
                tokens.push(Token::Text(word));
            }
            '-' | '0'..='9' => {
                while let Some(digit) = letters.next_if(char::is_ascii_digit) {
                    word.push(digit);
                }
                tokens.push(Token::Number(word.parse().unwrap()));
            }
            '=' | '!' | '<' | '>' => {
                word.extend(letters.next_if_eq(&'='));
                tokens.push(Token::Word(word));
            }
            letter if letter.is_ascii_alphabetic() => {
                while let Some(letter) = letters.next_if(char::is_ascii_alphabetic) {
                    word.push(letter);
                }
                tokens.push(Token::Word(word));
            }
            _ => tokens.push(Token::Word(word)),
        }
    }
    tokens
}

struct Parser<'a> {
    tokens: &'a [Token],
    item: &'a Item,
}

impl Parser<'_> {
    fn next(&mut self) -> Token {
        let (first, rest) = self.tokens.split_first().unwrap();
        self.tokens = rest;
        first.clone()
    }

    /// Takes the word, if it is next.
    fn has(&mut self, word: &str) -> bool {
        let is_next = matches!(self.tokens.first(), Some(Token::Word(next)) if next == word);
        if is_next {
            self.next();
        }
        is_next
    }

    fn any(&mut self) -> bool {
        let mut selected = self.all();
        while self.has("or") {
            selected |= self.all();
        }
        selected
    }

    fn all(&mut self) -> bool {
        let mut selected = self.one();
        while self.has("and") {
            selected &= self.one();
        }
        selected
    }

    fn one(&mut self) -> bool {
        if self.has("not") {
            // In Milvus, `not` binds closer than comparisons.
            assert!(self.has("("), "not without parentheses");
            return !self.closed();
        }
        if self.has("(") {
            return self.closed();
        }
        let field = match self.next() {
            Token::Word(name) if name == "n" => Token::Number(self.item.n),
            Token::Word(name) if name == "t" => Token::Text(self.item.t.clone()),
            other => panic!("{other:?} is not a field"),
        };
        let Token::Word(operator) = self.next() else {
            panic!("an operator is missing");
        };
        match operator.as_str() {
            "in" => self.list().contains(&field),
            "not" => {
                assert!(self.has("in"));
                !self.list().contains(&field)
            }
            operator => compare(operator, &field, &self.next()),
        }
    }

    fn closed(&mut self) -> bool {
        let selected = self.any();
        assert!(self.has(")"), "a parenthesis is not closed");
        selected
    }

    fn list(&mut self) -> Vec<Token> {
        assert!(self.has("["));
        let mut list = Vec::new();
        while !self.has("]") {
            list.push(self.next());
            self.has(",");
        }
        list
    }
}

fn compare(operator: &str, field: &Token, value: &Token) -> bool {
    match (operator, field, value) {
        ("==", field, value) => field == value,
        ("!=", field, value) => field != value,
        ("<", field, value) => field < value,
        ("<=", field, value) => field <= value,
        (">", field, value) => field > value,
        (">=", field, value) => field >= value,
        ("like", Token::Text(field), Token::Text(pattern)) => {
            field.starts_with(pattern.strip_suffix('%').unwrap())
        }
        other => panic!("{other:?} is not a comparison"),
    }
}
