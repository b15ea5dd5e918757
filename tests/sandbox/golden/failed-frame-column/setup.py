import pandas as pd
import periodictable
