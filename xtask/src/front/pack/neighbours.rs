//! Which function should stand beside which: those that share the most bytes.

use std::collections::HashMap;

/// So many bytes in a row are compared as one piece: a little longer than an instruction.
const PIECE: usize = 4;

/// What more functions than this have in common says nothing about them.
const COMMON: usize = 3000;

/// The numbers of all functions in a new order: from each goes on to the one most like it, and where nothing is like it,
/// to the smallest that is left. The same functions always come in the same order.
pub fn side_by_side(bodies: &[&[u8]]) -> Vec<usize> {
    let pieces: Vec<Vec<u32>> = bodies.iter().map(|body| pieces(body)).collect();
    let mut having: HashMap<u32, Vec<usize>> = HashMap::new();
    for (function, pieces) in pieces.iter().enumerate() {
        for piece in pieces {
            having.entry(*piece).or_default().push(function);
        }
    }
    having.retain(|_, functions| functions.len() <= COMMON);

    let mut by_size: Vec<usize> = (0..bodies.len()).collect();
    by_size.sort_by_key(|function| bodies[*function].len());
    let mut smallest = by_size.into_iter();
    let mut is_placed = vec![false; bodies.len()];
    let mut order: Vec<usize> = Vec::with_capacity(bodies.len());
    let mut shared = vec![0_usize; bodies.len()];
    loop {
        let alike = order.last().and_then(|last| most_alike(*last, &pieces, &having, &is_placed, &mut shared));
        let Some(next) = alike.or_else(|| smallest.find(|function| !is_placed[*function])) else {
            return order;
        };
        is_placed[next] = true;
        order.push(next);
    }
}

/// The unplaced function that shares the largest part of its pieces with `last`. `shared` comes and goes full of zeros.
fn most_alike(
    last: usize,
    pieces: &[Vec<u32>],
    having: &HashMap<u32, Vec<usize>>,
    is_placed: &[bool],
    shared: &mut [usize],
) -> Option<usize> {
    let mut touched = Vec::new();
    for piece in &pieces[last] {
        for function in having.get(piece).into_iter().flatten() {
            if !is_placed[*function] {
                if shared[*function] == 0 {
                    touched.push(*function);
                }
                shared[*function] += 1;
            }
        }
    }
    let likeness = |function: &usize| {
        let both = shared[*function];
        // In millionths, so that it has an order.
        both * 1_000_000 / (pieces[*function].len() + pieces[last].len() - both)
    };
    let best = touched.iter().copied().max_by_key(|function| (likeness(function), std::cmp::Reverse(*function)));
    for function in touched {
        shared[function] = 0;
    }
    best
}

/// Every piece of a body, once.
fn pieces(body: &[u8]) -> Vec<u32> {
    let mut pieces: Vec<u32> =
        body.windows(PIECE).map(|piece| piece.iter().fold(0, |number, byte| number << 8 | u32::from(*byte))).collect();
    pieces.sort_unstable();
    pieces.dedup();
    pieces
}

#[cfg(test)]
mod tests {
    use super::side_by_side;

    #[test]
    fn what_is_alike_stands_together() {
        let bodies: [&[u8]; 5] = [b"abcdefgh", b"0123456789", b"abcdefgi", b"0123456788", b"zz"];

        assert_eq!(side_by_side(&bodies), [4, 0, 2, 1, 3]);
    }
}
