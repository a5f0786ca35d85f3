/**
 * What decides a price? Pure Java, exact decimals, no clock, no Flink.
 *
 * <p>{@link io.slackwater.pricing.rules.RuleBook} is what a book says, {@link
 * io.slackwater.pricing.rules.BookCheck} finds what is wrong between its rules, and {@link
 * io.slackwater.pricing.rules.PriceBook} is a book made ready to price: its {@code price} method
 * does one {@code PriceStep} after the other, and each works on the {@code Calculation} of a price.
 * {@link io.slackwater.pricing.rules.PriceBooks} knows which book holds when, and when prices may
 * change by themselves; {@link io.slackwater.pricing.rules.Touched} says which stock a change of
 * the rules can concern; {@link io.slackwater.pricing.rules.PriceSample} and {@link
 * io.slackwater.pricing.rules.CircuitBreaker} say whether a book moves too many prices; {@link
 * io.slackwater.pricing.rules.StockCondition} says what a quantity means.
 *
 * <p>Behind them: {@code Where} is a scope with its regions resolved, {@code Precedence} the order
 * in which rules win, {@code RuleIndex} finds the rules that apply at a {@code Place} and answers
 * with a {@code Match}, {@code ReadyRule}, {@code Bounds} and {@code Rounder} are a rule's numbers
 * and texts worked out once, {@code Promoted} and {@code Segments} say who gets which promotion.
 *
 * <h2>A new kind of rule</h2>
 *
 * <p>It touches six files; where one is forgotten, the compiler or a test names it:
 *
 * <ol>
 *   <li>a class of its own here, such as {@link io.slackwater.pricing.rules.Regional}: what it
 *       holds, in words for a comparison of books, and its step of a price
 *   <li>{@link io.slackwater.pricing.rules.Effect}: the class and its place among the kinds
 *   <li>{@link io.slackwater.pricing.model.TraceStep}: the word for its step
 *   <li>{@code json/RuleBodies}: its fields, read and checked
 *   <li>{@code jobs/books/rule-book.schema.json}: its shape, for editors
 *   <li>{@code ContractPrice}, the independent model, which has to read the contract by itself
 * </ol>
 *
 * <p>The tests invent rules of it in {@code RandomRules} (the compiler asks for it) and {@code
 * RandomBooks}.
 */
package io.slackwater.pricing.rules;
