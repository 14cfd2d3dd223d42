package two

// Two is two.
const Two = 2
