package io.slackwater.pricing.demo;

/**
 * The key of {@code price_list}. The independent check must share no code with the job, so this is
 * a second reading of the contract, next to the job's own writer.
 */
final class PriceKey {

    private PriceKey() {}

    /**
     * Returns the key of a product in a warehouse, {@code product|warehouse}. In the product's id,
     * a backslash and a bar are escaped by a backslash.
     */
    static String of(String productId, String warehouseId) {
        return productId.replace("\\", "\\\\").replace("|", "\\|") + "|" + warehouseId;
    }
}
