/**
 * Float kernels on the JDK's Vector API and the thread team they run on; the only package that touches jdk.incubator.vector.
 *
 * <p>{@link genka.kernel.ThreadTeam} splits work over outputs; {@link genka.kernel.Gemm} multiplies matrices on a team,
 * {@link genka.kernel.SerialGemm} inside one of its tasks; {@link genka.kernel.RmsNorm}, {@link genka.kernel.SwiGlu},
 * {@link genka.kernel.Rotary}, {@link genka.kernel.Softmax}, {@link genka.kernel.CrossEntropy} and {@link genka.kernel.AdamWStep}
 * are forward and backward passes over row-major float arrays. {@link genka.kernel.SeededRandom} is the source of all randomness.
 *
 * <p>Same input, same bits: at any number of threads, interpreted or compiled. It knows nothing of models, and does not check the
 * meaning of what it is given beyond the bounds of arrays.
 *
 * <p>Papers: Goto and van de Geijn 2008 (blocking of matrix products); Loshchilov and Hutter 2019 (AdamW); Zhang and Sennrich 2019
 * (RMSNorm); Shazeer 2020 (SwiGLU); Su et al. 2021 (rotary embedding).
 */
@NullMarked
package genka.kernel;

import org.jspecify.annotations.NullMarked;
