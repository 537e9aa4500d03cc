def load_folder(folder):
    class R:
        def summary(self):
            return "course"

    return R()
