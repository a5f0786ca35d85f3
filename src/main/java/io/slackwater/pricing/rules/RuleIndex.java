package io.slackwater.pricing.rules;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds the rules of a kind that apply to a stock level at a time, at a cost that does not grow
 * with the rules that do not concern it.
 *
 * <p>Every rule is entered at each place that its scope names, regions resolved to warehouses. The
 * rules that apply are found by one hash look-up for each shape of scope that occurs, at most
 * fifteen; those that name nothing need none. At a place the rules stand in the order in which they
 * win; only they are asked whether they hold.
 */
final class RuleIndex {

    /**
     * The contract's order ("Rules") for the kinds that apply once: the most specific wins, then
     * the higher priority, then the smaller rule id.
     */
    static final Comparator<ReadyRule> MOST_SPECIFIC_FIRST =
            Comparator.<ReadyRule>comparingInt(ready -> -ready.where.specificity())
                    .thenComparing(Comparator.comparingInt(RuleIndex::priority).reversed())
                    .thenComparing(ReadyRule::id);

    /** The contract's order for exclusive promotions: priority counts before specificity. */
    static final Comparator<ReadyRule> HIGHEST_PRIORITY_FIRST =
            Comparator.comparingInt(RuleIndex::priority)
                    .reversed()
                    .thenComparing(MOST_SPECIFIC_FIRST);

    private final List<ReadyRule> everywhere = new ArrayList<>();
    private final int[] shapes;
    private final Map<Place, List<ReadyRule>> places = new HashMap<>();

    /**
     * @param rules of one kind; their ranks are set
     * @param winnerFirst the order in which they win
     */
    RuleIndex(Collection<ReadyRule> rules, Comparator<ReadyRule> winnerFirst) {
        List<ReadyRule> ordered = new ArrayList<>(rules);
        ordered.sort(winnerFirst);
        boolean[] occurs = new boolean[Place.SHAPES];
        for (int i = 0; i < ordered.size(); i++) {
            ReadyRule ready = ordered.get(i);
            ready.rank = i;
            if (ready.where.isEverywhere()) {
                everywhere.add(ready);
            } else {
                occurs[ready.where.shape()] = true;
                ready.where.forEachPlace(place -> places.merge(place, ready.alone, RuleIndex::add));
            }
        }
        int count = 0;
        int[] occurring = new int[Place.SHAPES];
        for (int shape = Place.SHAPES - 1; shape > 0; shape--) {
            if (occurs[shape]) {
                occurring[count++] = shape;
            }
        }
        shapes = Arrays.copyOf(occurring, count);
    }

    private static int priority(ReadyRule ready) {
        return ready.rule.priority();
    }

    /** Most places have one rule and share its list of one; only the others get their own. */
    private static List<ReadyRule> add(List<ReadyRule> before, List<ReadyRule> one) {
        List<ReadyRule> several = before instanceof ArrayList ? before : new ArrayList<>(before);
        several.addAll(one);
        return several;
    }

    /** Puts the rules that apply into {@code fitting}, in place of those of another kind. */
    void find(Fitting fitting) {
        fitting.winner = null;
        fitting.others = null;
        for (int i = 0; i < shapes.length; i++) {
            Place place =
                    Place.of(
                            shapes[i],
                            fitting.productId,
                            fitting.category,
                            fitting.tier,
                            fitting.warehouseId);
            List<ReadyRule> here = place == null ? null : places.get(place);
            if (here != null) {
                fitting.add(here);
            }
        }
        fitting.add(everywhere);
    }

    /** A stock level at a time, and the rules of a kind that apply to it then. */
    static final class Fitting {

        private final String productId;
        private final String category;
        private final String tier;
        private final String warehouseId;
        private final long at;

        /** The rule that wins; null: none applies. */
        ReadyRule winner;

        /** The rules that apply too, in no order; null: none. */
        List<ReadyRule> others;

        /** Category and tier may be null: then no rule naming one fits. */
        Fitting(String productId, String category, String tier, String warehouseId, long at) {
            this.productId = productId;
            this.category = category;
            this.tier = tier;
            this.warehouseId = warehouseId;
            this.at = at;
        }

        private void add(List<ReadyRule> rules) {
            for (int i = 0; i < rules.size(); i++) {
                ReadyRule ready = rules.get(i);
                if (!ready.holdsAt(at)) {
                    continue;
                }
                if (winner == null) {
                    winner = ready;
                    continue;
                }
                if (others == null) {
                    others = new ArrayList<>(4);
                }
                if (ready.rank < winner.rank) {
                    others.add(winner);
                    winner = ready;
                } else {
                    others.add(ready);
                }
            }
        }

        /** All that apply, the winner first, then in the order in which they would win. */
        List<ReadyRule> all() {
            if (others == null) {
                return winner == null ? List.of() : winner.alone;
            }
            List<ReadyRule> all = new ArrayList<>(others.size() + 1);
            all.add(winner);
            all.addAll(others);
            all.sort(Comparator.comparingInt(ready -> ready.rank));
            return all;
        }

        /** The losers, each with the reason; empty: none. */
        String lost() {
            if (others == null) {
                return "";
            }
            if (others.size() == 1) {
                return others.get(0).lostAgainst(winner);
            }
            List<ReadyRule> all = all();
            Listing losers = new Listing();
            for (int i = 1; i < all.size(); i++) {
                losers.add(all.get(i).lostAgainst(winner));
            }
            return losers.toString();
        }
    }
}
