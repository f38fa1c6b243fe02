//! Reading JSON with little code.
//!
//! The browser downloads this once for every type it reads. So nothing here depends on the type but one call, and what is
//! wrong is not told apart: the answer to all of it is to reload. A record is an object only, and its type reads its fields
//! one after the other as if it were a list, for which it has the least code. The price: a field that may be missing says
//! `#[serde(default)]`, also where it is an `Option`.

mod values;

use std::fmt;

use serde::de::{self, DeserializeOwned, Unexpected};

/// How deep lists and objects may stand in each other: a stack is small in a browser.
const DEEPEST: u8 = 100;

/// It is not what was expected.
#[derive(Debug, PartialEq, Eq)]
pub struct Wrong;

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not the JSON that was expected")
    }
}

impl std::error::Error for Wrong {}

// Every message is thrown away here, so that none is ever made.
impl de::Error for Wrong {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }

    fn invalid_type(_: Unexpected<'_>, _: &dyn de::Expected) -> Self {
        Self
    }

    fn invalid_value(_: Unexpected<'_>, _: &dyn de::Expected) -> Self {
        Self
    }

    fn invalid_length(_: usize, _: &dyn de::Expected) -> Self {
        Self
    }
}

/// Reads the one value that `json` is.
///
/// # Errors
/// It is no JSON, or not of this type.
pub fn read<T: DeserializeOwned>(json: &[u8]) -> Result<T, Wrong> {
    let mut reader = Reader::new(json)?;
    let value = T::deserialize(&mut reader)?;
    reader.finish()?;
    Ok(value)
}

struct Reader<'a> {
    text: &'a str,
    /// The next byte; always the beginning of a letter.
    at: usize,
    depth: u8,
    /// The last string that had escapes in it.
    unescaped: String,
}

impl<'a> Reader<'a> {
    fn new(json: &'a [u8]) -> Result<Self, Wrong> {
        let text = std::str::from_utf8(json).map_err(|_| Wrong)?;
        Ok(Self { text, at: 0, depth: 0, unescaped: String::new() })
    }

    fn finish(&mut self) -> Result<(), Wrong> {
        if self.peek() == 0 { Ok(()) } else { Err(Wrong) }
    }

    /// The byte here, which may be white space; 0, which JSON never has, at the end.
    fn byte(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }

    /// The next byte that means something; 0 at the end.
    fn peek(&mut self) -> u8 {
        while matches!(self.byte(), b' ' | b'\n' | b'\r' | b'\t') {
            self.at += 1;
        }
        self.byte()
    }

    fn expect(&mut self, byte: u8) -> Result<(), Wrong> {
        if self.peek() != byte {
            return Err(Wrong);
        }
        self.at += 1;
        Ok(())
    }

    fn word(&mut self, word: &str) -> Result<(), Wrong> {
        if !self.text[self.at..].starts_with(word) {
            return Err(Wrong);
        }
        self.at += word.len();
        Ok(())
    }

    fn open(&mut self, bracket: u8) -> Result<(), Wrong> {
        self.expect(bracket)?;
        self.depth += 1;
        if self.depth > DEEPEST { Err(Wrong) } else { Ok(()) }
    }

    /// Steps to the next item, or behind the closing bracket.
    fn has_next(&mut self, bracket: u8, is_first: &mut bool) -> Result<bool, Wrong> {
        if self.peek() == bracket {
            self.at += 1;
            self.depth -= 1;
            return Ok(false);
        }
        if !*is_first {
            self.expect(b',')?;
        }
        *is_first = false;
        Ok(true)
    }

    /// Steps over an object, and remembers where the value of each of `names` stands; 0 for one that is not there.
    fn places(&mut self, names: &[&str]) -> Result<Vec<usize>, Wrong> {
        let mut places = vec![0; names.len()];
        let mut is_first = true;
        self.open(b'{')?;
        while self.has_next(b'}', &mut is_first)? {
            let key = self.string()?;
            let wanted = names.iter().position(|name| *name == key).and_then(|index| places.get_mut(index));
            self.expect(b':')?;
            if let Some(place) = wanted {
                if *place != 0 {
                    return Err(Wrong);
                }
                *place = self.at;
            }
            self.skip()?;
        }
        Ok(places)
    }

    /// A sign, and a whole number; nothing that travels here is anything else.
    fn number(&mut self) -> Result<(bool, u64), Wrong> {
        let is_negative = self.peek() == b'-';
        self.at += usize::from(is_negative);
        let start = self.at;
        while self.byte().is_ascii_digit() {
            self.at += 1;
        }
        let digits = &self.text[start..self.at];
        let has_more = matches!(self.byte(), b'.' | b'e' | b'E');
        let has_zeros = digits.starts_with('0') && (is_negative || digits.len() > 1);
        match digits.parse() {
            Ok(number) if !has_more && !has_zeros => Ok((is_negative, number)),
            _ => Err(Wrong),
        }
    }

    fn signed(&mut self) -> Result<i64, Wrong> {
        let (is_negative, number) = self.number()?;
        let signed = if is_negative { 0_i64.checked_sub_unsigned(number) } else { i64::try_from(number).ok() };
        signed.ok_or(Wrong)
    }

    fn unsigned(&mut self) -> Result<u64, Wrong> {
        match self.number()? {
            (true, _) => Err(Wrong),
            (false, number) => Ok(number),
        }
    }

    fn boolean(&mut self) -> Result<bool, Wrong> {
        let is_true = self.peek() == b't';
        self.word(if is_true { "true" } else { "false" })?;
        Ok(is_true)
    }

    fn null(&mut self) -> Result<(), Wrong> {
        self.peek();
        self.word("null")
    }

    fn string(&mut self) -> Result<&str, Wrong> {
        self.expect(b'"')?;
        let start = self.at;
        self.skip_plain();
        if self.byte() == b'"' {
            self.at += 1;
            return Ok(&self.text[start..self.at - 1]);
        }
        self.unescaped.clear();
        self.unescaped.push_str(&self.text[start..self.at]);
        loop {
            match self.byte() {
                b'"' => break,
                b'\\' => {
                    self.at += 1;
                    let letter = self.escape()?;
                    self.unescaped.push(letter);
                }
                _ => return Err(Wrong),
            }
            let start = self.at;
            self.skip_plain();
            self.unescaped.push_str(&self.text[start..self.at]);
        }
        self.at += 1;
        Ok(&self.unescaped)
    }

    /// Steps over everything that stands for itself in a string.
    fn skip_plain(&mut self) {
        while !matches!(self.byte(), b'"' | b'\\' | 0..b' ') {
            self.at += 1;
        }
    }

    fn escape(&mut self) -> Result<char, Wrong> {
        let letter = self.byte();
        // A byte in the middle of a letter must never be where a piece of text begins.
        self.at += usize::from(letter.is_ascii());
        Ok(match letter {
            b'"' | b'\\' | b'/' => char::from(letter),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.code(),
            _ => return Err(Wrong),
        })
    }

    /// The letter of one `\u` or, for what lies beyond 16 bits, of two.
    fn code(&mut self) -> Result<char, Wrong> {
        let mut code = self.four_digits()?;
        if (0xD800..0xDC00).contains(&code) {
            self.word("\\u")?;
            let low = self.four_digits()?.checked_sub(0xDC00).filter(|low| *low < 0x400).ok_or(Wrong)?;
            code = 0x1_0000 + ((code - 0xD800) << 10 | low);
        }
        char::from_u32(code).ok_or(Wrong)
    }

    fn four_digits(&mut self) -> Result<u32, Wrong> {
        let mut code = 0;
        for _ in 0..4 {
            code = code << 4 | char::from(self.byte()).to_digit(16).ok_or(Wrong)?;
            self.at += 1;
        }
        Ok(code)
    }

    /// Steps over a value nobody wants.
    fn skip(&mut self) -> Result<(), Wrong> {
        match self.peek() {
            b'"' => self.string().map(drop),
            b't' | b'f' => self.boolean().map(drop),
            b'n' => self.null(),
            bracket @ (b'[' | b'{') => {
                self.open(bracket)?;
                let mut is_first = true;
                // In ASCII, both closing brackets stand two after their opening ones.
                while self.has_next(bracket + 2, &mut is_first)? {
                    if bracket == b'{' {
                        self.string()?;
                        self.expect(b':')?;
                    }
                    self.skip()?;
                }
                Ok(())
            }
            _ => self.number().map(drop),
        }
    }
}

#[cfg(test)]
mod tests;
