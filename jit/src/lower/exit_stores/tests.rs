use super::*;

fn values(numbers: &[u32]) -> Vec<Value> {
    numbers.iter().map(|number| Value(*number)).collect()
}

#[test]
fn values_keep_their_words() {
    let mut words = Words::default();
    let first = words.assign(values(&[7, 3, 3]));
    assert_eq!(first, [(Value(3), 0), (Value(7), 1)]);
    // 7 stays where it was; 5 gets the word that is free.
    let second = words.assign(values(&[5, 7]));
    assert_eq!(second, [(Value(5), 0), (Value(7), 1)]);
    assert_eq!(words.count, 2);
    // Both were in the first word.
    let third = words.assign(values(&[3, 5, 7]));
    assert_eq!(third, [(Value(3), 0), (Value(5), 2), (Value(7), 1)]);
}

#[test]
fn common_stores_are_made_once() {
    let stores = |numbers: &[u32]| -> Vec<Store> {
        numbers.iter().map(|n| (Value(*n), *n as u16)).collect()
    };
    let mut tree = Tree::default();
    let long = tree.enter(&stores(&[1, 2, 3]));
    let short = tree.enter(&stores(&[1, 2]));
    let other = tree.enter(&stores(&[1, 4]));
    assert_eq!(tree.enter(&[]), ROOT);
    assert_eq!(tree.nodes.len(), 4);
    assert_eq!(tree.nodes[long - 1].parent, short);
    // The exit itself, and the one that is longer.
    assert_eq!(tree.nodes[short - 1].entries, 2);
    assert_eq!(tree.nodes[long - 1].entries, 1);
    assert_eq!(tree.nodes[short - 1].parent, tree.nodes[other - 1].parent);
}
