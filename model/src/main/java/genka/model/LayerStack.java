package genka.model;

import genka.kernel.AlignedFloats;
import genka.kernel.Gemm;
import java.util.Arrays;
import java.util.List;

/** Decoder layers one after the other, MTP layers included: for training each keeps its activations, else all share one set. */
final class LayerStack {
    private final DecoderLayer[] layers;

    LayerStack(Gemm gemm, Model model, RotaryTables tables, boolean keep) {
        DecoderLayer.Shared shared = new DecoderLayer.Shared(gemm, model.spec(), tables);
        DecoderLayer.Activations one = new DecoderLayer.Activations();
        layers = new DecoderLayer[model.spec().layers() + model.spec().mtpModules()];
        for (int layer = 0; layer < layers.length; layer++) {
            layers[layer] = new DecoderLayer(gemm, model, layer, shared, keep ? new DecoderLayer.Activations() : one);
        }
    }

    /** Lets all layers pack into one room. */
    void sharePacks() {
        int largest = 0;
        for (DecoderLayer layer : layers) {
            largest = Math.max(largest, layer.packs().size());
        }
        AlignedFloats room = new AlignedFloats(largest);
        for (DecoderLayer layer : layers) {
            layer.packs().place(room, room);
        }
    }

    List<WeightPacks> packs() {
        return Arrays.stream(layers).map(DecoderLayer::packs).toList();
    }

    DecoderLayer layer(int layer) {
        return layers[layer];
    }

    int size() {
        return layers.length;
    }
}
