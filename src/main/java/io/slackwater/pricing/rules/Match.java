package io.slackwater.pricing.rules;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The rules of a kind that apply to a stock level at a time: at least one. Never changes once its
 * {@link RuleIndex} has found it.
 *
 * @param <T> what a rule of the kind is made ready to
 */
final class Match<T> {

    private ReadyRule<T> winner;

    /** In no order; null: no other rule applies. */
    private final List<ReadyRule<T>> others;

    /** A rule that alone applies. Most matches are one: each rule has its own, made once. */
    Match(ReadyRule<T> only) {
        this(only, null);
    }

    private Match(ReadyRule<T> winner, List<ReadyRule<T>> others) {
        this.winner = winner;
        this.others = others;
    }

    /** Returns the match of these rules and one more; only the index that looks for them asks. */
    Match<T> and(ReadyRule<T> ready) {
        if (others == null) {
            return new Match<>(winner, new ArrayList<>(4)).and(ready);
        }
        if (ready.rank < winner.rank) {
            others.add(winner);
            winner = ready;
        } else {
            others.add(ready);
        }
        return this;
    }

    /** The rule that wins. */
    ReadyRule<T> winner() {
        return winner;
    }

    /** All rules that apply, the winner first, then in the order in which they would win. */
    List<ReadyRule<T>> all() {
        if (others == null) {
            return winner.alone;
        }
        List<ReadyRule<T>> all = new ArrayList<>(others.size() + 1);
        all.add(winner);
        all.addAll(others);
        all.sort(Comparator.comparingInt(ready -> ready.rank));
        return all;
    }

    /** The losers, as a trace tells them, each with the reason; empty: none. */
    String lost() {
        if (others == null) {
            return "";
        }
        if (others.size() == 1) {
            return others.get(0).lostAgainst(winner);
        }
        List<ReadyRule<T>> all = all();
        Listing losers = new Listing();
        for (int i = 1; i < all.size(); i++) {
            losers.add(all.get(i).lostAgainst(winner));
        }
        return losers.toString();
    }
}
