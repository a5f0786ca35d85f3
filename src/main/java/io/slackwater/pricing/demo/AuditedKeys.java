package io.slackwater.pricing.demo;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** All products in warehouses, and those whose newest price has to be checked again. */
final class AuditedKeys {

    private final Map<String, AuditedKey> keys = new HashMap<>();
    private final Map<String, List<AuditedKey>> byProduct = new HashMap<>();
    private final Set<AuditedKey> changed = new HashSet<>();

    /** Returns a product in a warehouse; one that is new is added. */
    AuditedKey of(String product, String warehouse) {
        return keys.computeIfAbsent(
                PriceKey.of(product, warehouse),
                id -> {
                    AuditedKey key = new AuditedKey(product, warehouse);
                    byProduct.computeIfAbsent(product, p -> new ArrayList<>()).add(key);
                    return key;
                });
    }

    /** Returns what a record's key on {@code price_list} names; null: it is not known. */
    AuditedKey find(String recordKey) {
        return keys.get(recordKey);
    }

    /** Something about a key has changed. */
    void changed(AuditedKey key) {
        changed.add(key);
    }

    /** Something about a product has changed. */
    void productChanged(String product) {
        changed.addAll(byProduct.getOrDefault(product, List.of()));
    }

    /** Something about all keys has changed. */
    void allChanged() {
        changed.addAll(keys.values());
    }

    /** Returns the keys that have changed since the last call. */
    Set<AuditedKey> takeChanged() {
        Set<AuditedKey> taken = new HashSet<>(changed);
        changed.clear();
        return taken;
    }
}
