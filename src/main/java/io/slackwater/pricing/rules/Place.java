package io.slackwater.pricing.rules;

/**
 * The exact values that a rule names for one place where it applies; null for what it does not
 * name. What names the product alone is another place than what names product and warehouse, so one
 * hash map holds the places of all shapes.
 */
record Place(String productId, String category, String tier, String warehouseId) {

    /** The bit of a shape that says that the product is named. */
    static final int PRODUCT = 8;

    static final int CATEGORY = 4;
    static final int TIER = 2;

    /** The warehouse is named, by itself or through a region. */
    static final int WAREHOUSE = 1;

    /** How many shapes there are. */
    static final int SHAPES = 16;

    /**
     * The place of a shape in which a stock level lies; null where the shape names a category or a
     * tier that the product does not have.
     */
    static Place of(int shape, String productId, String category, String tier, String warehouseId) {
        boolean byCategory = (shape & CATEGORY) != 0;
        boolean byTier = (shape & TIER) != 0;
        if ((byCategory && category == null) || (byTier && tier == null)) {
            return null;
        }
        return new Place(
                (shape & PRODUCT) == 0 ? null : productId,
                byCategory ? category : null,
                byTier ? tier : null,
                (shape & WAREHOUSE) == 0 ? null : warehouseId);
    }
}
