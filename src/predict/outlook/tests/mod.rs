mod outcome;
mod shop;
mod silence;
mod stored;
