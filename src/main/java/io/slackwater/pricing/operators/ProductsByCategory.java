package io.slackwater.pricing.operators;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.util.MathUtils;
import org.apache.flink.util.Preconditions;

/**
 * Which products the catalog puts into a category: an index in keyed state, so that a rule for a
 * category re-prices its hundred products without a walk over the million others.
 *
 * <p>Keyed state is split by the key groups of its keys, and products of one category lie in many.
 * So the index has an entry for each category <em>and key group</em>, under a key made to fall into
 * that group: it lies beside the products that it lists, and moves with them when the job is
 * rescaled. Such a key begins with a control character, which no product id may contain.
 */
final class ProductsByCategory {

    static final MapStateDescriptor<String, Boolean> STATE =
            new MapStateDescriptor<>("products-by-category", Types.STRING, Types.BOOLEAN);

    /** Enough digits to base 31 for every 32-bit hash: 31^7 is 27.5 thousand million. */
    private static final int TAIL = 7;

    private final MapState<String, Boolean> products;
    private final CurrentKey keys;
    private final int maxParallelism;

    /** For each key group a hash code that falls into it. */
    private final int[] hashOfGroup;

    /** The key whose state is at hand. */
    interface CurrentKey {
        void set(String key);
    }

    ProductsByCategory(MapState<String, Boolean> products, CurrentKey keys, int maxParallelism) {
        this.products = products;
        this.keys = keys;
        this.maxParallelism = maxParallelism;
        this.hashOfGroup = new int[maxParallelism];
        boolean[] found = new boolean[maxParallelism];
        int missing = maxParallelism;
        for (int hash = 0; missing > 0; hash++) {
            int group = MathUtils.murmurHash(hash) % maxParallelism;
            if (!found[group]) {
                found[group] = true;
                hashOfGroup[group] = hash;
                missing--;
            }
        }
    }

    /** Moves a product from one category to another; null: none. Changes the current key. */
    void move(String productId, String from, String to) throws Exception {
        int group = KeyGroupRangeAssignment.assignToKeyGroup(productId, maxParallelism);
        if (from != null) {
            keys.set(key(from, group));
            products.remove(productId);
        }
        if (to != null) {
            keys.set(key(to, group));
            products.put(productId, true);
        }
        keys.set(productId);
    }

    /** The products of a category in one key group. Changes the current key. */
    List<String> of(String category, int group) throws Exception {
        keys.set(key(category, group));
        List<String> found = new ArrayList<>();
        for (String product : products.keys()) {
            found.add(product);
        }
        return found;
    }

    /**
     * The index's key: the category and a tail that gives the whole the hash code wanted. {@link
     * String#hashCode} of {@code head + tail} is {@code hash(head) * 31^7 + hash(tail)}, so the
     * tail is the difference, written in digits to base 31.
     */
    private String key(String category, int group) {
        StringBuilder key = new StringBuilder(category.length() + TAIL + 2);
        key.append('\u0000').append(category).append('\u0000');
        int hash = key.toString().hashCode();
        int zeros = 0; // The hash code of a tail of seven times the first digit.
        for (int i = 0; i < TAIL; i++) {
            hash *= 31;
            zeros = zeros * 31 + 'A';
        }
        long rest = Integer.toUnsignedLong(hashOfGroup[group] - hash - zeros);
        char[] tail = new char[TAIL];
        for (int i = TAIL - 1; i >= 0; i--) {
            tail[i] = (char) ('A' + rest % 31);
            rest /= 31;
        }
        String made = key.append(tail).toString();
        Preconditions.checkState(
                KeyGroupRangeAssignment.assignToKeyGroup(made, maxParallelism) == group,
                "an index key fell into the wrong key group");
        return made;
    }
}
