package io.slackwater.pricing.rules;

import io.slackwater.pricing.rules.RuleBook.Rule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Finds the rules of a kind that apply to a stock level at a time, at a cost that does not grow
 * with the rules that do not concern it.
 *
 * <p>Every rule is entered at each place that its scope names, regions resolved to warehouses. The
 * rules that apply are found by one hash look-up for each shape of scope that occurs, at most
 * fifteen; those that name nothing need none. At a place the rules stand in the order in which they
 * win; only they are asked whether they hold.
 *
 * @param <T> what a rule of the kind is made ready to
 */
final class RuleIndex<T> {

    private final List<ReadyRule<T>> all = new ArrayList<>();
    private final List<ReadyRule<T>> everywhere = new ArrayList<>();
    private final int[] shapes;
    private final Map<Place, List<ReadyRule<T>>> places = new HashMap<>();

    /**
     * @param rules of one kind
     * @param winnerFirst the order in which they win
     * @param ready makes a rule ready
     */
    RuleIndex(
            List<Rule> rules,
            Compilation book,
            Comparator<Precedence> winnerFirst,
            Function<Rule, T> ready) {
        for (Rule rule : rules) {
            Where where = Where.of(rule.scope(), book.regions());
            all.add(new ReadyRule<>(rule, where, ready.apply(rule)));
        }
        all.sort(Comparator.comparing(rule -> rule.precedence, winnerFirst));
        boolean[] occurs = new boolean[Place.SHAPES];
        for (int i = 0; i < all.size(); i++) {
            ReadyRule<T> rule = all.get(i);
            rule.rank = i;
            if (rule.where.isEverywhere()) {
                everywhere.add(rule);
            } else {
                occurs[rule.where.shape()] = true;
                rule.where.forEachPlace(place -> places.merge(place, rule.alone, RuleIndex::add));
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

    /** Most places have one rule and share its list of one; only the others get their own. */
    private static <T> List<ReadyRule<T>> add(List<ReadyRule<T>> before, List<ReadyRule<T>> one) {
        List<ReadyRule<T>> several = before instanceof ArrayList ? before : new ArrayList<>(before);
        several.addAll(one);
        return several;
    }

    /** The rules that apply to what is priced, at its moment; null: none does. */
    Match<T> find(Calculation price) {
        Match<T> found = null;
        for (int i = 0; i < shapes.length; i++) {
            Place place =
                    Place.of(
                            shapes[i],
                            price.stock.productId(),
                            price.category,
                            price.tier,
                            price.stock.warehouseId());
            List<ReadyRule<T>> here = place == null ? null : places.get(place);
            if (here != null) {
                found = add(found, here, price.at);
            }
        }
        return add(found, everywhere, price.at);
    }

    private static <T> Match<T> add(Match<T> found, List<ReadyRule<T>> rules, long at) {
        Match<T> match = found;
        for (int i = 0; i < rules.size(); i++) {
            ReadyRule<T> rule = rules.get(i);
            if (rule.holdsAt(at)) {
                match = match == null ? rule.aloneMatch : match.and(rule);
            }
        }
        return match;
    }

    /** All rules, in the order in which they win. */
    List<ReadyRule<T>> rules() {
        return all;
    }
}
