package ocr

import (
	"errors"
	"fmt"

	ort "github.com/yalue/onnxruntime_go"
)

// model is one network of one input and one output.
type model struct{ session *ort.DynamicAdvancedSession }

// startRuntime loads the ONNX Runtime library, once in a process: the library
// cannot be unloaded, and a second start finds the first.
func startRuntime(library string) error {
	if ort.IsInitialized() {
		return nil
	}
	ort.SetSharedLibraryPath(library)
	if err := ort.InitializeEnvironment(ort.WithLogLevelError()); err != nil && !ort.IsInitialized() {
		return fmt.Errorf("load ONNX Runtime: %w", err)
	}
	return shareArena()
}

// shareArena gives all networks one heap that keeps what it once took: they run
// one after the other, and asking the system anew for each page's memory takes
// four times as long as the reading itself.
func shareArena() error {
	const asRequested = 1
	arena, err := ort.NewArenaCfg(0, asRequested, -1, -1)
	if err != nil {
		return fmt.Errorf("load ONNX Runtime: %w", err)
	}
	defer arena.Destroy()
	info, err := ort.GetMemoryInfo()
	if err == nil {
		err = ort.CreateAndRegisterAllocator(info, arena)
	}
	if err != nil {
		return fmt.Errorf("load ONNX Runtime: %w", err)
	}
	return nil
}

// loadModel reads a network. Everything it needs of the disk is read here, so
// that it runs on after the process has locked itself in.
func loadModel(path string, threads int) (*model, error) {
	inputs, outputs, err := ort.GetInputOutputInfo(path)
	if err != nil {
		return nil, fmt.Errorf("read model: %w", err)
	}
	if len(inputs) != 1 || len(outputs) != 1 {
		return nil, fmt.Errorf("read model: %d inputs and %d outputs, want one of each", len(inputs), len(outputs))
	}
	options, err := ort.NewSessionOptions()
	if err != nil {
		return nil, fmt.Errorf("read model: %w", err)
	}
	defer func() { _ = options.Destroy() }()
	err = errors.Join(
		options.SetIntraOpNumThreads(threads), options.SetInterOpNumThreads(1),
		options.AddSessionConfigEntry("session.use_env_allocators", "1"), options.SetMemPattern(false),
	)
	if err != nil {
		return nil, fmt.Errorf("read model: %w", err)
	}
	session, err := ort.NewDynamicAdvancedSession(path, []string{inputs[0].Name}, []string{outputs[0].Name}, options)
	if err != nil {
		return nil, fmt.Errorf("read model: %w", err)
	}
	return &model{session}, nil
}

// run gives the network a tensor of this shape and hands its answer to use,
// which must not keep the slice.
func (m *model) run(t tensor, use func(out []float32, shape []int64) error) error {
	in, err := ort.NewTensor(ort.NewShape(int64(t.n), 3, int64(t.h), int64(t.w)), t.data)
	if err != nil {
		return fmt.Errorf("run model: %w", err)
	}
	defer func() { _ = in.Destroy() }()
	out := []ort.Value{nil}
	if err = m.session.Run([]ort.Value{in}, out); err != nil {
		return fmt.Errorf("run model: %w", err)
	}
	defer func() { _ = out[0].Destroy() }()
	answer, ok := out[0].(*ort.Tensor[float32])
	if !ok {
		return errors.New("run model: the answer holds no numbers")
	}
	return use(answer.GetData(), answer.GetShape())
}

func (m *model) close() error {
	if m == nil {
		return nil
	}
	return m.session.Destroy()
}
