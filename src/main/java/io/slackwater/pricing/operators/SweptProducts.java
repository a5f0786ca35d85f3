package io.slackwater.pricing.operators;

import io.slackwater.pricing.rules.Touched;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.KeyedStateBackend;

/**
 * The products that a sweep visits, one after the other, and how much of them is done. Visiting one
 * may change its state.
 */
abstract class SweptProducts implements Iterator<String>, AutoCloseable {

    /** 0 to 100. */
    abstract int percent();

    /** Returns whether these are all products of this subtask. */
    abstract boolean areAll();

    @Override
    public void close() {}

    /** The keys of one subtask. */
    record Keys(KeyedStateBackend<String> backend, KeyGroupRange groups, int maxParallelism) {

        static Keys of(KeyedStateBackend<String> backend, TaskInfo task) {
            return new Keys(
                    backend,
                    KeyGroupRangeAssignment.computeKeyGroupRangeForOperatorIndex(
                            task.getMaxNumberOfParallelSubtasks(),
                            task.getNumberOfParallelSubtasks(),
                            task.getIndexOfThisSubtask()),
                    task.getMaxNumberOfParallelSubtasks());
        }

        int groupOf(String product) {
            return KeyGroupRangeAssignment.assignToKeyGroup(product, maxParallelism);
        }
    }

    /** Every product of this subtask that has stock. */
    static SweptProducts all(Keys keys) {
        Stream<String> stored = ProductState.products(keys.backend());
        // Flink says so of a database: its iterator sees what was there when it was made.
        return keys.backend().isSafeToReuseKVState()
                ? new OfADatabase(stored, keys)
                : new OnTheHeap(stored);
    }

    /** The products that a change names, and those of the categories that it names. */
    static SweptProducts named(Touched touched, ProductsByCategory index, Keys keys) {
        return new Named(touched, index, keys);
    }

    private static final class OfADatabase extends SweptProducts {
        private final Stream<String> stored;
        private final Iterator<String> products;
        private final Keys keys;
        private String last;

        OfADatabase(Stream<String> stored, Keys keys) {
            this.stored = stored;
            this.products = stored.iterator();
            this.keys = keys;
        }

        @Override
        public boolean hasNext() {
            return products.hasNext();
        }

        @Override
        public String next() {
            last = products.next();
            return last;
        }

        /** By the key group, in whose order keys come. */
        @Override
        int percent() {
            if (last == null) {
                return 0;
            }
            int done = keys.groupOf(last) - keys.groups().getStartKeyGroup();
            return 100 * done / keys.groups().getNumberOfKeyGroups();
        }

        @Override
        boolean areAll() {
            return true;
        }

        @Override
        public void close() {
            stored.close();
        }
    }

    private static final class OnTheHeap extends SweptProducts {
        private final List<String> products;
        private int passed;

        /** Copies the keys: the map must not be changed while one iterates over it. */
        OnTheHeap(Stream<String> stored) {
            try (stored) {
                products = stored.collect(Collectors.toCollection(ArrayList::new));
            }
        }

        @Override
        public boolean hasNext() {
            return passed < products.size();
        }

        @Override
        public String next() {
            return products.get(passed++);
        }

        @Override
        int percent() {
            return products.isEmpty() ? 100 : (int) (100L * passed / products.size());
        }

        @Override
        boolean areAll() {
            return true;
        }
    }

    private static final class Named extends SweptProducts {
        private final ProductsByCategory index;
        private final Keys keys;
        private final List<String> categories;
        private Iterator<String> now;
        private String next;
        private int category;
        private int group;

        Named(Touched touched, ProductsByCategory index, Keys keys) {
            this.index = index;
            this.keys = keys;
            categories = List.copyOf(touched.categories());
            group = keys.groups().getStartKeyGroup();
            now = touched.productIds().iterator();
        }

        @Override
        public boolean hasNext() {
            while (next == null) {
                if (now.hasNext()) {
                    String product = now.next();
                    if (keys.groups().contains(keys.groupOf(product))) {
                        next = product;
                    }
                } else if (category < categories.size()) {
                    now = nextGroup();
                } else {
                    return false;
                }
            }
            return true;
        }

        private Iterator<String> nextGroup() {
            List<String> products;
            try {
                products = index.of(categories.get(category), group);
            } catch (Exception failure) {
                throw new IllegalStateException("the index of categories cannot be read", failure);
            }
            if (++group > keys.groups().getEndKeyGroup()) {
                group = keys.groups().getStartKeyGroup();
                category++;
            }
            return products.isEmpty() ? Collections.emptyIterator() : products.iterator();
        }

        @Override
        public String next() {
            String product = next;
            next = null;
            return product;
        }

        @Override
        int percent() {
            return categories.isEmpty() ? 0 : 100 * category / categories.size();
        }

        @Override
        boolean areAll() {
            return false;
        }
    }
}
